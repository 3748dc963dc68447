"""Exports a checkpoint to a zoo folder: python -m sam3d.export.export --checkpoint … --output …

The graphs compute their large convolutions in integers, calibrated on training volumes, unless another
precision is asked for; `weights.pt` has the weights as trained.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any, Literal, get_args

import torch

from sam3d.data.region import CUBE
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.calibration import record_calibration
from sam3d.export.half_precision import halve_graphs
from sam3d.export.manifest import write_manifest
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.export.quantise import quantise_graphs
from sam3d.training.restored import restored

WEIGHTS = "weights.pt"  # what training goes on from: train --initial
KEPT = ("step", "size", "adaptation", "average")  # of a checkpoint


Precision = Literal["int8", "fp16", "fp32"]


def export(checkpoint: Path, output: Path, precision: Precision = "int8") -> None:
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = restored(state)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        export_graphs(model, CUBE, Path(folder))
        calibrated_on = write_graphs(Path(folder), output, precision)
    write_manifest(output, ZoomPolicy())
    torch.save({key: state.get(key) for key in KEPT}, output / WEIGHTS)
    write_provenance(checkpoint.parent / "provenance.json", output / "provenance.json", calibrated_on)


def write_graphs(source: Path, target: Path, precision: Precision) -> list[str]:
    """source: folder of float32 graphs → the cases that integers were calibrated on"""
    match precision:
        case "int8":
            calibration = record_calibration(source)
            quantise_graphs(source, target, calibration.inputs)
            return calibration.cases
        case "fp16":
            halve_graphs(source, target)
        case "fp32":
            for name in GRAPH_FILES.values():
                shutil.copy(source / name, target)
    return []


def write_provenance(source: Path, target: Path, calibrated_on: list[str]) -> None:
    """That of the run, and what the integers were calibrated on"""
    provenance: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    provenance["calibration"] = calibrated_on
    target.write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--precision", choices=get_args(Precision), default="int8")
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.output, arguments.precision)


if __name__ == "__main__":
    main()
