"""The bases of the matrix: a size each, of the zoo, kept for this, or brought along."""

import os
from pathlib import Path

import torch

from sam3d.adaptation.base import WEIGHTS
from sam3d.model.encoders import encoder_of
from sam3d.model.size import SIZES, zoo_folder
from sam3d.training.checkpoint import size_of

from .evaluated_base import EvaluatedBase, base_of_checkpoint, base_of_zoo

ZOO = Path(__file__).resolve().parents[3] / "zoo"
BASES = ZOO.parent / "bases"  # kept_base's, which nobody serves
BASE_SIZES = ("nano", "tiny", "small", "base", "vit_b")
BYTES_A_PARAMETER = 16  # weight, gradient, two moments
ROOM_BYTES = 4 * 2**30  # for what layers keep until the gradients are known


def read_base(text: str) -> tuple[str, Path]:
    """SIZE=CHECKPOINT; raises ValueError where the file is none of that size."""
    size, _, path = text.partition("=")
    if size not in SIZES:
        raise ValueError(f"{size}: no size, but {', '.join(SIZES)} are")
    if not Path(path).is_file():
        raise ValueError(f"{path or 'nothing'}: no such checkpoint; write {size}=runs/…/latest.pt")
    found = size_of(torch.load(path, map_location="cpu", weights_only=True, mmap=True))
    if found != size:
        raise ValueError(f"{path} is of size {found}, not {size}")
    return size, Path(path)


def memory_needed(size: str) -> int:
    with torch.device("meta"):
        encoder = encoder_of(SIZES[size])
    return BYTES_A_PARAMETER * sum(value.numel() for value in encoder.parameters()) + ROOM_BYTES


def memory_available() -> int:
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def weights_of(folder: Path, size: str) -> Path:
    return folder / zoo_folder(size) / WEIGHTS


def reason_against(size: str, given: dict[str, Path], zoo: Path = ZOO, bases: Path = BASES) -> str | None:
    """Why a base cannot be fine-tuned here; given: checkpoints by size"""
    own = [weights_of(folder, size) for folder in (zoo, bases)]
    if size not in given and not any(path.exists() for path in own):
        return f"no checkpoint: {own[0].parent.name}/{WEIGHTS}, and no --base {size}=…"
    needed, available = memory_needed(size), memory_available()
    if needed > available:
        return f"it needs {needed / 2**30:.1f} GiB of memory, {available / 2**30:.1f} GiB are there"
    return None


def base_of_size(size: str, given: dict[str, Path], zoo: Path = ZOO, bases: Path = BASES) -> EvaluatedBase:
    """Given, else of the zoo, else kept"""
    in_zoo = weights_of(zoo, size)
    if size not in given and in_zoo.exists():
        return base_of_zoo(in_zoo.parent)
    return base_of_checkpoint(size, given.get(size, weights_of(bases, size)))
