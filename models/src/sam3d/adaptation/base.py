"""The base model that tasks are learned on, from its zoo folder."""

import json
from pathlib import Path
from typing import NamedTuple

import torch

from sam3d.export.manifest import ADAPTABLE_WEIGHTS, sha256_of
from sam3d.model.sam3d import Sam3d
from sam3d.training.restored import restored

WEIGHTS = "weights.pt"


class Base(NamedTuple):
    model_id: str
    version: str
    encoder_sha256: str  # of the weights that adapters are merged into
    folder: Path

    def model(self) -> Sam3d:
        """A new copy"""
        return restored(torch.load(self.folder / WEIGHTS, map_location="cpu", weights_only=True))


def base_of(folder: Path) -> Base:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Base(manifest["id"], manifest["version"], sha256_of(folder / ADAPTABLE_WEIGHTS), folder)
