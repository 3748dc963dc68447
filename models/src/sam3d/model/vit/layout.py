"""Convolutions have channels first, tokens have them last. Plain permutations: they export to ONNX."""

from torch import Tensor


def channels_first(tokens: Tensor) -> Tensor:
    """(B, d, h, w, C) → (B, C, d, h, w)"""
    return tokens.permute(0, 4, 1, 2, 3)


def channels_last(x: Tensor) -> Tensor:
    """(B, C, d, h, w) → (B, d, h, w, C)"""
    return x.permute(0, 2, 3, 4, 1)
