"""manifest.json: all that the server must know to run the graphs."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sam3d.data.normalisation import HOUNSFIELD_WINDOW, WINDOWS
from sam3d.data.region import CUBE, LATTICE_VOXELS, LEVELS_BETWEEN_LOOKS, LOOKS, SPACINGS_MM
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.attribution import ATTRIBUTION
from sam3d.export.onnx_graphs import GRAPH_FILES
from sam3d.model.border_walk import BorderWalk
from sam3d.model.box_probes import BoxProbes
from sam3d.model.mask_decoder import HYPOTHESES
from sam3d.model.refinement import Refinement

MODEL_ID = "sam3d-tiny"
VERSION = "0.7.0"
ADAPTABLE_GRAPH = "adaptable_encoder.onnx"
ADAPTABLE_WEIGHTS = "adaptable_encoder.bin"  # of that graph, little-endian float32
ADAPTABLE_TABLE = "adaptable_encoder.json"  # where in that file each weight lies


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def camel_case(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(word.capitalize() for word in tail)


def in_camel_case(settings: ZoomPolicy | Refinement | BorderWalk | BoxProbes) -> dict[str, Any]:
    """As JSON has it: tuples are lists"""
    return {
        camel_case(key): list(value) if isinstance(value, tuple) else value
        for key, value in asdict(settings).items()
    }


def file_of(folder: Path, name: str) -> dict[str, str]:
    return {"file": name, "sha256": sha256_of(folder / name)}


def adaptable_encoder_of(folder: Path) -> dict[str, Any]:
    """A folder may lack it: then the model offers no adaptation"""
    if not (folder / ADAPTABLE_GRAPH).exists():
        return {}
    return {
        "adaptableEncoder": {
            **file_of(folder, ADAPTABLE_GRAPH),
            "data": file_of(folder, ADAPTABLE_WEIGHTS),
            "table": file_of(folder, ADAPTABLE_TABLE),
        }
    }


def manifest_of(folder: Path, zoom: ZoomPolicy) -> dict[str, Any]:
    return {
        "manifestVersion": 1,
        "id": MODEL_ID,
        "title": "SAM 3D tiny (general purpose, click to segment)",
        "version": VERSION,
        "licence": {"spdx": "CC-BY-SA-4.0", "name": "Creative Commons Attribution-ShareAlike 4.0"},
        "attribution": list(ATTRIBUTION),
        "modalities": ["CT", "MR", "PT", "US"],
        "promptKinds": ["point", "scribble", "lasso", "box", "size"],
        "graphs": {
            key: file_of(folder, name) for key, name in GRAPH_FILES.items() if (folder / name).exists()
        }
        | adaptable_encoder_of(folder),
        "region": {
            "shape": [CUBE] * 3,
            "spacingsMm": list(SPACINGS_MM),
            "latticeVoxels": LATTICE_VOXELS,
        },
        "normalisation": {
            "kind": "percentile-windows",
            "hounsfieldWindow": list(HOUNSFIELD_WINDOW),
            "channels": [
                {
                    "percentiles": list(window.percentiles),
                    "stride": window.stride,
                    "centralThird": window.central_third,
                    "widen": window.widen,
                }
                for window in WINDOWS
            ],
        },
        "logits": {"shape": [CUBE] * 3, "threshold": 0},
        "zoom": {
            "looks": LOOKS,
            "levelsBetweenLooks": LEVELS_BETWEEN_LOOKS,
            **in_camel_case(zoom),
        },
        "refinement": in_camel_case(Refinement()),
        "borderWalk": in_camel_case(BorderWalk()),
        "boxProbes": in_camel_case(BoxProbes()),
        "hypotheses": HYPOTHESES,
    }


def write_manifest(folder: Path, zoom: ZoomPolicy) -> None:
    text = json.dumps(manifest_of(folder, zoom), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
