"""Which model was measured."""

import json
from hashlib import sha256
from pathlib import Path


def model_name(folder: Path) -> str:
    """folder of the zoo → its id, version, and the beginning of a hash over its graphs"""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    hashes = "".join(graph["sha256"] for graph in manifest["graphs"].values())
    return f"{manifest['id']} {manifest['version']} ({sha256(hashes.encode()).hexdigest()[:8]})"
