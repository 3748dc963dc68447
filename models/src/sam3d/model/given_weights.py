"""Tensors of a published checkpoint, asked for by name and shape."""

import torch
from torch import Tensor


class GivenWeights:
    def __init__(self, state: dict[str, Tensor], prefix: str) -> None:
        """prefix: of the names that are asked for"""
        self.state, self.prefix = state, prefix

    def taken(self, name: str, *shape: int) -> Tensor:
        """A copy in float32; raises ValueError where it is missing or of another shape."""
        value = self.state.get(self.prefix + name)
        if value is None:
            raise ValueError(f"{self.prefix}{name} is missing")
        if tuple(value.shape) != shape:
            raise ValueError(f"{self.prefix}{name}: {tuple(value.shape)} should be {shape}")
        return value.detach().float().clone()


class AskedFor(GivenWeights):
    """Has everything that it is asked for, and remembers that: shapes by full name"""

    def __init__(self, prefix: str) -> None:
        super().__init__({}, prefix)
        self.shapes: dict[str, tuple[int, ...]] = {}

    def taken(self, name: str, *shape: int) -> Tensor:
        self.shapes[self.prefix + name] = shape
        return torch.empty(shape, device="meta")


def renamed(name: str, names: dict[str, str]) -> str:
    """Ours → theirs, part by part"""
    for ours, theirs in names.items():
        name = name.replace(ours, theirs)
    return name
