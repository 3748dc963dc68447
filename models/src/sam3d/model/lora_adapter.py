"""A trained matrix learns a change of low rank (Hu et al. 2022)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import PointwiseConv


class LoraAdapter(nn.Module):
    """What is to be added to a layer's output: (B, …, in) → (B, …, out), of a pointwise convolution
    (B, in, n, n, n) → (B, out, n, n, n); begins as 0"""

    def __init__(self, layer: nn.Linear | PointwiseConv, rank: int) -> None:
        super().__init__()
        out_channels, in_channels = layer.weight.shape[:2]
        self.channels_first = isinstance(layer, PointwiseConv)
        self.gain = layer.gain if isinstance(layer, PointwiseConv) else 1.0
        self.down = nn.Parameter(torch.empty(rank, in_channels))
        self.up = nn.Parameter(torch.zeros(out_channels, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as nn.Linear does

    def forward(self, x: Tensor) -> Tensor:
        if self.channels_first:
            change = (self.up @ (self.down @ x.flatten(2))).unflatten(2, x.shape[2:])
        else:
            change = F.linear(F.linear(x, self.down), self.up)
        return self.gain * change


class AdaptedLayer(nn.Module):
    """A layer whose weight is a matrix, and its LoRA adapter"""

    def __init__(self, base: nn.Linear | PointwiseConv, rank: int) -> None:
        super().__init__()
        self.base = base
        self.adapter = LoraAdapter(base, rank).to(base.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.adapter(x)

    @torch.no_grad()
    def folded(self) -> nn.Linear | PointwiseConv:
        """The layer itself, which now does what the adapted one does"""
        self.base.weight += (self.adapter.up @ self.adapter.down).view_as(self.base.weight)
        return self.base
