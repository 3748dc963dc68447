"""Other people's checkpoints: tensors by name, without running anything that a file may hold."""

import argparse
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

SUFFIXES = (".pth", ".pt", ".safetensors")
WRAPPERS = (
    "model_state_dict",
    "state_dict",
    "model",
)  # keys that weights are kept under, beside an optimiser's
PARALLEL = "module."  # before every name of a model that was trained on several devices
IMAGE_ENCODER = "image_encoder."
# What training scripts keep beside the weights, and what cannot do anything: settings and numbers.
HARMLESS = (
    argparse.Namespace,
    (np._core.multiarray.scalar, "numpy.core.multiarray.scalar"),
    np._core.multiarray.scalar,
    np.dtype,
    *(type(np.dtype(kind)) for kind in ("float64", "float32", "int64")),
)


class UnreadableCheckpoint(ValueError):
    pass


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """By the names that a whole model's weights have. Raises UnreadableCheckpoint."""
    if path.suffix not in SUFFIXES:
        raise UnreadableCheckpoint(f"{path.name}: not a file of {', '.join(SUFFIXES)}")
    try:
        content = load_file(path) if path.suffix == ".safetensors" else unpickled(path)
    except OSError as error:
        raise UnreadableCheckpoint(f"{path.name}: {error.strerror or error}") from error
    except Exception as error:  # a damaged or hostile file can raise anything
        reason = str(error).strip().splitlines()
        raise UnreadableCheckpoint(
            f"{path.name}: refused, since it is damaged or holds more than weights "
            f"({type(error).__name__}: {reason[0] if reason else ''})"
        ) from error
    state = weights_in(content)
    if not state:
        raise UnreadableCheckpoint(f"{path.name}: holds no weights by name")
    return with_whole_names(state)


def unpickled(path: Path) -> Any:
    """PyTorch's restricted unpickler: nothing but tensors, containers and what is listed above"""
    with torch.serialization.safe_globals(list(HARMLESS)):
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))


def weights_in(content: Any) -> dict[str, Tensor]:
    """The tensors of a state, or of the first that is kept under one of the usual keys"""
    if not isinstance(content, dict):
        return {}
    for key in WRAPPERS:
        if isinstance(content.get(key), dict):
            return weights_in(content[key])
    return {n: value for n, value in content.items() if isinstance(n, str) and isinstance(value, Tensor)}


def with_whole_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    if all(name.startswith(PARALLEL) for name in state):
        state = {name.removeprefix(PARALLEL): value for name, value in state.items()}
    if any(name.startswith("patch_embed.") for name in state):  # an image encoder alone
        state = {f"{IMAGE_ENCODER}{name}": value for name, value in state.items()}
    return state
