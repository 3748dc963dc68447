"""Exports a checkpoint to a zoo folder: python -m sam3d.export.export --checkpoint … --output …"""

import argparse
import shutil
from pathlib import Path

import torch

from sam3d.data.region import CUBE
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.manifest import write_manifest
from sam3d.export.onnx_graphs import export_graphs
from sam3d.model.sam3d import Sam3d


def export(checkpoint: Path, output: Path) -> None:
    model = Sam3d()
    model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["average"])
    output.mkdir(parents=True, exist_ok=True)
    export_graphs(model, CUBE, output)
    write_manifest(output, ZoomPolicy())
    provenance = checkpoint.parent / "provenance.json"
    if provenance.exists():
        shutil.copy(provenance, output / provenance.name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.output)


if __name__ == "__main__":
    main()
