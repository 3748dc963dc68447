"""A trained matrix or convolution learns a change of low rank (Hu et al. 2022)."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import PointwiseConv

LoraLayer = nn.Linear | nn.Conv3d  # pointwise convolutions are among the latter; without groups


class LoraAdapter(nn.Module):
    """What is to be added to a layer's output: (B, …, in) → (B, …, out), of a convolution
    (B, in, n, n, n) → (B, out, n / stride, …); begins as 0.

    The change of the weight, as a matrix (out, in · k³), is `up @ down`.
    """

    def __init__(self, layer: LoraLayer, rank: int) -> None:
        super().__init__()
        out_channels, *kernel = layer.weight.shape
        self.kernel = tuple(kernel)  # (in, k, k, k) of a convolution, (in,) of a matrix
        self.stride, self.padding = (
            (layer.stride, layer.padding) if isinstance(layer, nn.Conv3d) else ((), ())
        )
        self.gain = layer.gain if isinstance(layer, PointwiseConv) else 1.0
        self.down = nn.Parameter(torch.empty(rank, math.prod(kernel)))
        self.up = nn.Parameter(torch.zeros(out_channels, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as nn.Linear does

    def forward(self, x: Tensor) -> Tensor:
        if len(self.kernel) == 1:
            change = F.linear(F.linear(x, self.down), self.up)
        elif self.kernel[1:] == (1, 1, 1):
            change = (self.up @ (self.down @ x.flatten(2))).unflatten(2, x.shape[2:])
        else:
            down = self.down.view(-1, *self.kernel)
            narrow = F.conv3d(x, down, stride=self.stride, padding=self.padding)
            change = (self.up @ narrow.flatten(2)).unflatten(2, narrow.shape[2:])
        return self.gain * change


class AdaptedLayer(nn.Module):
    """A layer and its LoRA adapter"""

    def __init__(self, base: LoraLayer, rank: int) -> None:
        super().__init__()
        self.base = base
        self.adapter = LoraAdapter(base, rank).to(base.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.adapter(x)

    @torch.no_grad()
    def folded(self) -> LoraLayer:
        """The layer itself, which now does what the adapted one does"""
        self.base.weight += (self.adapter.up @ self.adapter.down).view_as(self.base.weight)
        return self.base
