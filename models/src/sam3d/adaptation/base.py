"""The base model that tasks are learned on, from its zoo folder."""

import json
from pathlib import Path
from typing import NamedTuple

import torch

from sam3d.export.manifest import ADAPTABLE_WEIGHTS, sha256_of
from sam3d.model.sam3d import Sam3d
from sam3d.training.restored import restored

WEIGHTS = "weights.pt"
MANIFEST = "manifest.json"


class Base(NamedTuple):
    model_id: str
    version: str
    encoder_sha256: str  # of the weights that adapters are merged into
    folder: Path

    def model(self) -> Sam3d:
        """A new copy"""
        return restored(torch.load(self.folder / WEIGHTS, map_location="cpu", weights_only=True))


def versions_in(zoo: Path) -> list[dict[str, str]]:
    """Model and version of each base that can be learned on; what cannot be read is none."""
    found = []
    for manifest in sorted(zoo.glob(f"*/{MANIFEST}")):
        folder = manifest.parent
        if not all((folder / name).is_file() for name in (WEIGHTS, ADAPTABLE_WEIGHTS)):
            continue
        try:
            version = json.loads(manifest.read_text(encoding="utf-8"))["version"]
        except (ValueError, KeyError, TypeError):
            continue
        found.append({"model": folder.name, "version": str(version)})
    return found


def base_of(folder: Path) -> Base:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return Base(manifest["id"], manifest["version"], sha256_of(folder / ADAPTABLE_WEIGHTS), folder)
