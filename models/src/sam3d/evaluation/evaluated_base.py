"""The base that something is learned on: weights, and what records call them."""

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sam3d.adaptation.base import WEIGHTS
from sam3d.model.sam3d import Sam3d

from .model_name import model_name
from .torch_engine import model_of


class EvaluatedBase(NamedTuple):
    name: str
    weights: Path

    def model(self) -> Sam3d:
        """A new copy"""
        return model_of(self.weights)


def base_of_zoo(folder: Path) -> EvaluatedBase:
    return EvaluatedBase(model_name(folder), folder / WEIGHTS)


def base_of_checkpoint(size: str, path: Path) -> EvaluatedBase:
    return EvaluatedBase(f"{size} ({sha256(path.read_bytes()).hexdigest()[:8]})", path)
