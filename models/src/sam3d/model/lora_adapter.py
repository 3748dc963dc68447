"""A trained matrix learns a change of low rank (Hu et al. 2022)."""

import math

import torch
from torch import Tensor, nn
from torch.func import functional_call


class LoraAdapter(nn.Module):
    """weight (out, in, …) → same; begins as the identity"""

    def __init__(self, out_channels: int, in_channels: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.empty(rank, in_channels))
        self.up = nn.Parameter(torch.zeros(out_channels, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as nn.Linear does

    def forward(self, weight: Tensor) -> Tensor:
        return weight + (self.up @ self.down).view_as(weight)


class AdaptedLayer(nn.Module):
    """A layer whose weight is a matrix, and the LoRA adapter of that weight"""

    def __init__(self, base: nn.Module, rank: int) -> None:
        super().__init__()
        self.base = base
        self.adapter = LoraAdapter(*base.weight.shape[:2], rank).to(base.weight)

    def forward(self, x: Tensor) -> Tensor:
        return functional_call(self.base, {"weight": self.adapter(self.base.weight)}, (x,))

    @torch.no_grad()
    def folded(self) -> nn.Module:
        """The layer itself, which now does what the adapted one does"""
        self.base.weight.copy_(self.adapter(self.base.weight))
        return self.base
