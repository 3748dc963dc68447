"""Every place of a grid looks at every other: what a structure is, shows in what lies around it."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import PointwiseConv

POSITION_GRID = 8  # cells a side that positions are learned for; other grids interpolate
HIDDEN_FACTOR = 4


class Attention(nn.Module):
    """(B, N, C) → same; multi-head self-attention (Vaswani et al. 2017)"""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_queries = nn.Linear(channels, channels)
        self.to_keys = nn.Linear(channels, channels)
        self.to_values = nn.Linear(channels, channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        b, n, c = (int(side) for side in x.shape)  # fixed when exported
        queries, keys, values = (
            layer(x).reshape(b, n, self.heads, c // self.heads).transpose(1, 2)
            for layer in (self.to_queries, self.to_keys, self.to_values)
        )
        attended = F.scaled_dot_product_attention(queries, keys, values)  # (B, heads, N, C / heads)
        return self.output(attended.transpose(1, 2).reshape(b, n, c))


class TransformerBlock(nn.Module):
    """(B, N, C) → same"""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(channels)
        self.attention = Attention(channels, heads)
        self.norm2 = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, HIDDEN_FACTOR * channels)
        self.contract = nn.Linear(HIDDEN_FACTOR * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class GlobalContext(nn.Module):
    """(B, C, n, n, n) → same; begins as the identity"""

    def __init__(self, channels: int, token_channels: int, heads: int, blocks: int) -> None:
        super().__init__()
        self.to_tokens = PointwiseConv(channels, token_channels)
        self.position = nn.Parameter(torch.zeros(1, token_channels, *[POSITION_GRID] * 3))
        self.blocks = nn.Sequential(*(TransformerBlock(token_channels, heads) for _ in range(blocks)))
        self.norm = nn.LayerNorm(token_channels)
        self.from_tokens = PointwiseConv(token_channels, channels)
        nn.init.zeros_(self.from_tokens.weight)
        nn.init.zeros_(self.from_tokens.bias)

    def forward(self, x: Tensor) -> Tensor:
        b, _, *grid = (int(side) for side in x.shape)  # fixed when exported
        position = self.position
        if grid != list(position.shape[2:]):
            position = F.interpolate(position, grid, mode="trilinear", align_corners=False)
        tokens = (self.to_tokens(x) + position).flatten(2).transpose(1, 2)  # (B, n³, T)
        found = self.norm(self.blocks(tokens)).transpose(1, 2)
        return x + self.from_tokens(found.reshape(b, -1, *grid))
