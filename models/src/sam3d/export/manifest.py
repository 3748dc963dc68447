"""manifest.json: all that the server must know to run the graphs."""

import hashlib
import json
import re
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

SHIPPED = "sam3d-tiny"
VERSION = "0.7.1"  # of that model
MODEL_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")  # as servers accept it
PROVENANCE = "provenance.json"
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


def model_id_of(folder: Path) -> str:
    """Servers take the folder's name for it. Raises ValueError of a name that they do not accept."""
    name = folder.resolve().name
    if not MODEL_ID.fullmatch(name):
        raise ValueError(f"{name}: a model's folder is named by small letters, digits, dots and hyphens")
    return name


def version_of(model_id: str, graphs: dict[str, dict[str, str]]) -> str:
    """Of a model that nobody has released, one that tells its graphs from others"""
    if model_id == SHIPPED:
        return VERSION
    hashes = "".join(graph["sha256"] for graph in graphs.values())
    return f"0.0.0+{hashlib.sha256(hashes.encode()).hexdigest()[:8]}"


def published_weights(run: Any) -> list[str]:
    """Files that a run's provenance, or that of the runs before it, began with: others' work"""
    if isinstance(run, list):
        return list(dict.fromkeys(line for one in run for line in published_weights(one)))
    if not isinstance(run, dict):
        return []
    if "file" in run:
        return [f"Image encoder: begun with published weights, {run['file']} (SHA-256 {run['sha256']})"]
    return published_weights(run.get("initial"))


def attribution_of(folder: Path) -> list[str]:
    path = folder / PROVENANCE
    run = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return [*ATTRIBUTION, *published_weights(run)]


def manifest_of(folder: Path, zoom: ZoomPolicy) -> dict[str, Any]:
    """Raises ValueError, as model_id_of"""
    model_id = model_id_of(folder)
    graphs = {key: file_of(folder, name) for key, name in GRAPH_FILES.items() if (folder / name).exists()}
    return {
        "manifestVersion": 1,
        "id": model_id,
        "title": f"SAM 3D {model_id.removeprefix('sam3d-')} (general purpose, click to segment)",
        "version": version_of(model_id, graphs),
        "licence": {"spdx": "CC-BY-SA-4.0", "name": "Creative Commons Attribution-ShareAlike 4.0"},
        "attribution": attribution_of(folder),
        "modalities": ["CT", "MR", "PT", "US"],
        "promptKinds": ["point", "scribble", "lasso", "box", "size"],
        "graphs": graphs | adaptable_encoder_of(folder),
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
