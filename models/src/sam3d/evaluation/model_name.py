"""Which model was measured."""

import json
from hashlib import sha256
from pathlib import Path

from sam3d.export.onnx_graphs import GRAPH_FILES


def model_name(folder: Path) -> str:
    """folder of the zoo → its id, version, and the beginning of a hash over the graphs that answer prompts"""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    hashes = "".join(manifest["graphs"][key]["sha256"] for key in GRAPH_FILES if key in manifest["graphs"])
    return f"{manifest['id']} {manifest['version']} ({sha256(hashes.encode()).hexdigest()[:8]})"
