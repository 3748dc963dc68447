"""Exports a checkpoint to a zoo folder: python -m sam3d.export.export --checkpoint … --output …

The graphs compute their large convolutions in integers, calibrated on training volumes; `weights.pt` has the
weights as trained.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import torch

from sam3d.data.region import CUBE
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.calibration import Calibration, record_calibration
from sam3d.export.manifest import write_manifest
from sam3d.export.onnx_graphs import export_graphs
from sam3d.export.quantise import quantise_graphs
from sam3d.model.sam3d import Sam3d

WEIGHTS = "weights.pt"  # what training goes on from: train --initial


def export(checkpoint: Path, output: Path) -> None:
    model = Sam3d()
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        export_graphs(model, CUBE, Path(folder))
        calibration = record_calibration(Path(folder))
        quantise_graphs(Path(folder), output, calibration.inputs)
    write_manifest(output, ZoomPolicy())
    torch.save({key: state[key] for key in ("step", "average")}, output / WEIGHTS)
    write_provenance(checkpoint.parent / "provenance.json", output / "provenance.json", calibration)


def write_provenance(source: Path, target: Path, calibration: Calibration) -> None:
    """That of the run, and what the integers were calibrated on"""
    provenance: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    provenance["calibration"] = calibration.cases
    target.write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.output)


if __name__ == "__main__":
    main()
