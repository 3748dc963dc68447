"""A run's state on disk; written beside and renamed, so that a kill never leaves half a file."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

LATEST = "latest.pt"


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    temporary = folder / f"{LATEST}.part"
    torch.save(state, temporary)
    temporary.replace(folder / LATEST)


def load_checkpoint(folder: Path) -> dict[str, Any] | None:
    path = folder / LATEST
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def size_of(state: dict[str, Any]) -> str:
    """Of SIZES"""
    return state.get("size") or "tiny"


def grown_state(state: dict[str, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights for a model that has got further inputs, behind those it had, or further layers: inputs begin
    without influence, layers as `wanted` has them, which is as the identity.

    Raises ValueError where a model differs otherwise.
    """
    grown = dict(wanted)
    for name, value in state.items():
        if name not in wanted:
            raise ValueError(f"{name}: the larger model lacks it")
        target = wanted[name]
        if value.shape != target.shape:
            missing = target.shape[1] - value.shape[1] if value.dim() > 1 else -1
            if missing < 0 or value.shape[:1] + value.shape[2:] != target.shape[:1] + target.shape[2:]:
                raise ValueError(f"{name}: {tuple(value.shape)} cannot become {tuple(target.shape)}")
            value = torch.cat([value, torch.zeros_like(target[:, :missing])], 1)
        grown[name] = value
    return grown
