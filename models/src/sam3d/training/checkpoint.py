"""A run's state on disk; written beside and renamed, so that a kill never leaves half a file."""

from pathlib import Path
from typing import Any

import torch

LATEST = "latest.pt"


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    temporary = folder / f"{LATEST}.part"
    torch.save(state, temporary)
    temporary.replace(folder / LATEST)


def load_checkpoint(folder: Path) -> dict[str, Any] | None:
    path = folder / LATEST
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None
