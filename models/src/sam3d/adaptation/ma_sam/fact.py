"""FacT-TT (Jie and Deng 2023): the changes of all layers share two factors, each layer has a small core
between them."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam3d.model.attention import Attention
from sam3d.model.vit.relative_attention import RelativeAttention

FACTORS = "fact_factors"  # their name in the encoder


class FactFactors(nn.Module):
    """Of all layers; the outwards one begins as 0, so that no layer is changed"""

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.inwards = nn.Parameter(torch.empty(rank, width))
        self.outwards = nn.Parameter(torch.zeros(width, rank))
        nn.init.kaiming_uniform_(self.inwards, a=math.sqrt(5))


class FactLayer(nn.Module):
    """A matrix whose rows are blocks as high as the factors are wide; the given ones get
    scale · outwards · core · inwards added."""

    def __init__(
        self, base: nn.Linear, factors: FactFactors, changed_blocks: tuple[int, ...], scale: float
    ) -> None:
        super().__init__()
        self.base = base
        self.changed_blocks, self.scale = changed_blocks, scale
        self.shared = (factors,)  # no part of this layer: they belong to the encoder
        rank = factors.inwards.shape[0]
        self.cores = nn.Parameter(torch.empty(len(changed_blocks), rank, rank))
        for core in self.cores.data:
            nn.init.kaiming_uniform_(core, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """(…, in) → (…, out)"""
        (factors,) = self.shared
        result = self.base(x)
        narrow = F.linear(x, factors.inwards)
        changes = [torch.zeros_like(x)] * (self.base.out_features // x.shape[-1])
        for block, core in zip(self.changed_blocks, self.cores, strict=True):
            changes[block] = F.linear(F.linear(narrow, core), factors.outwards)
        return result + self.scale * torch.cat(changes, -1)

    @torch.no_grad()
    def folded(self) -> nn.Linear:
        """The matrix itself, which now does what the adapted one does"""
        (factors,) = self.shared
        width = factors.inwards.shape[1]
        for block, core in zip(self.changed_blocks, self.cores, strict=True):
            rows = slice(block * width, (block + 1) * width)
            self.base.weight[rows] += self.scale * (factors.outwards @ core @ factors.inwards)
        return self.base


def attention_matrices(encoder: nn.Module) -> Iterable[tuple[str, nn.Linear, tuple[int, ...]]]:
    """Names of the matrices of q and v, and which blocks of their rows those are"""
    for name, module in encoder.named_modules():
        match module:
            case RelativeAttention():
                yield f"{name}.qkv", module.qkv, (0, 2)
            case Attention():
                yield f"{name}.to_queries", module.to_queries, (0,)
                yield f"{name}.to_values", module.to_values, (0,)


def attach_fact(encoder: nn.Module, rank: int, scale: float) -> None:
    """To q and v of all attention; an encoder without it stays as it is. The layers must be of one width."""
    matrices = list(attention_matrices(encoder))
    if not matrices:
        return
    factors = FactFactors(matrices[0][1].in_features, rank)
    for name, matrix, blocks in matrices:
        encoder.set_submodule(name, FactLayer(matrix, factors, blocks, scale))
    encoder.add_module(FACTORS, factors)


def fold_fact(encoder: nn.Module) -> None:
    """In place: the changes become part of the matrices."""
    for name, module in list(encoder.named_modules()):
        if isinstance(module, FactLayer):
            encoder.set_submodule(name, module.folded())
    if hasattr(encoder, FACTORS):
        delattr(encoder, FACTORS)
