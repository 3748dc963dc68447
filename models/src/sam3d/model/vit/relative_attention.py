"""Attention that also counts how far a key lies from the query, along each axis (Li et al. 2022)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def at_offsets(table: Tensor, queries: int, side: int) -> Tensor:
    """(L, C) for each offset, query − key from −(L − 1) / 2 on → (query, key, C), of the first places"""
    offsets = 2 * side - 1
    if table.shape[0] != offsets:
        table = F.interpolate(table.T.unsqueeze(0), offsets, mode="linear", align_corners=False)[0].T
    place = torch.arange(side, device=table.device)
    return table[place[:queries].unsqueeze(1) - place + side - 1]


class RelativeAttention(nn.Module):
    """(B, d, h, w, C) → same"""

    def __init__(self, width: int, heads: int, side: int, depth_side: int, depth_learns: bool = True) -> None:
        """side, depth_side: of the grid that the tables of relative positions are for; others interpolate"""
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width).requires_grad_(False)
        self.output = nn.Linear(width, width).requires_grad_(False)
        self.relative_h = nn.Parameter(torch.zeros(2 * side - 1, width // heads), requires_grad=False)
        self.relative_w = nn.Parameter(torch.zeros(2 * side - 1, width // heads), requires_grad=False)
        depth = torch.zeros(2 * depth_side - 1, width // heads)
        self.relative_depth = nn.Parameter(depth, requires_grad=depth_learns)

    def forward(self, x: Tensor, asking: list[int] | None = None) -> Tensor:
        """asking: the first (d', h', w') places alone are answered, (B, d', h', w', C)"""
        b, *grid, c = (int(side) for side in x.shape)  # fixed when exported
        d, h, w = asking or grid
        qkv = self.qkv(x).reshape(b, *grid, 3, self.heads, c // self.heads)
        queries, keys, values = qkv.permute(4, 0, 5, 1, 2, 3, 6).unbind(0)  # (B, heads, d, h, w, C / heads)
        queries = queries[:, :, :d, :h, :w]
        bias = self.offset_bias(queries, grid)
        attended = F.scaled_dot_product_attention(
            queries.flatten(2, 4), keys.flatten(2, 4), values.flatten(2, 4), bias
        )
        return self.output(attended.transpose(1, 2).reshape(b, d, h, w, c))

    def offset_bias(self, queries: Tensor, grid: list[int]) -> Tensor:
        """(B, heads, d, h, w, c) → (B, heads, N, M) to add to a query's attention to each key of the grid"""
        b, heads, d, h, w, _ = (int(side) for side in queries.shape)
        along_d = torch.einsum("bndhwc,dkc->bndhwk", queries, at_offsets(self.relative_depth, d, grid[0]))
        along_h = torch.einsum("bndhwc,hkc->bndhwk", queries, at_offsets(self.relative_h, h, grid[1]))
        along_w = torch.einsum("bndhwc,wkc->bndhwk", queries, at_offsets(self.relative_w, w, grid[2]))
        bias = along_d[..., None, None] + along_h[..., None, :, None] + along_w[..., None, None, :]
        return bias.reshape(b, heads, d * h * w, grid[0] * grid[1] * grid[2])
