"""Exports a checkpoint to a zoo folder: python -m sam3d.export.export --checkpoint … --output …

The graphs compute their large convolutions in integers, calibrated on training volumes, unless another
precision is asked for; `weights.pt` has the weights as trained.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal, get_args

import torch

from sam3d.data.region import CUBE
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.adaptable_encoder import export_adaptable_encoder
from sam3d.export.calibration import record_calibration
from sam3d.export.half_precision import halve_graphs
from sam3d.export.manifest import PROVENANCE, model_id_of, write_manifest
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.export.quantise import quantise_graphs
from sam3d.model.idle import remove_idle_layers, without_idle_layers
from sam3d.model.sam3d import Sam3d
from sam3d.training.restored import restored

WEIGHTS = "weights.pt"  # what training goes on from: train --initial
KEPT = ("step", "size", "adaptation", "average")  # of a checkpoint


Precision = Literal["int8", "fp16", "fp32"]


def export(checkpoint: Path, output: Path, precision: Precision = "int8", kept: Collection[str] = ()) -> None:
    """kept: graphs, by their keys in GRAPH_FILES, that stay as the output folder has them"""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    model = restored(state)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as exported, tempfile.TemporaryDirectory() as written:
        export_graphs(model, CUBE, Path(exported))
        for key in kept:
            shutil.copy(output / GRAPH_FILES[key], exported)
        wanted = GRAPH_FILES.keys() - kept
        calibrated_on = write_graphs(Path(exported), Path(written), precision, wanted)
        for key in wanted:
            shutil.copy(Path(written) / GRAPH_FILES[key], output)
    save_weights(model, state, output / WEIGHTS)
    remove_idle_layers(model.image_encoder)
    export_adaptable_encoder(model.image_encoder, CUBE, output)
    write_provenance(checkpoint.parent / PROVENANCE, output / PROVENANCE, calibrated_on)
    write_manifest(output, ZoomPolicy())  # names what the provenance begins with


def save_weights(model: Sam3d, state: dict[str, Any], path: Path) -> None:
    """Of a checkpoint's state, what the same model is restored from"""
    kept = {key: state.get(key) for key in KEPT}
    kept["average"] = without_idle_layers(state["average"], model)
    torch.save(kept, path)


def write_graphs(source: Path, target: Path, precision: Precision, wanted: Collection[str]) -> list[str]:
    """source: folder of graphs, those wanted in float32 → the cases that integers were calibrated on"""
    match precision:
        case "int8":
            calibration = record_calibration(source)
            quantise_graphs(source, target, {key: calibration.inputs[key] for key in wanted})
            return calibration.cases
        case "fp16":
            halve_graphs(source, target, wanted)
        case "fp32":
            for key in wanted:
                shutil.copy(source / GRAPH_FILES[key], target)
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
    parser.add_argument(
        "--kept",
        nargs="*",
        choices=list(GRAPH_FILES),
        default=[],
        help="graphs that stay as the output folder has them: those of parts that learned nothing",
    )
    arguments = parser.parse_args()
    try:
        model_id_of(arguments.output)  # before anything is computed
    except ValueError as error:
        parser.error(str(error))
    export(arguments.checkpoint, arguments.output, arguments.precision, arguments.kept)


if __name__ == "__main__":
    main()
