"""Attention that also counts how far a key lies from the query, along each axis (Li et al. 2022)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def at_offsets(table: Tensor, side: int) -> Tensor:
    """(L, C) for each offset, query − key from −(L − 1) / 2 on → (query, key, C)"""
    offsets = 2 * side - 1
    if table.shape[0] != offsets:
        table = F.interpolate(table.T.unsqueeze(0), offsets, mode="linear", align_corners=False)[0].T
    place = torch.arange(side, device=table.device)
    return table[place.unsqueeze(1) - place + side - 1]


class RelativeAttention(nn.Module):
    """(B, d, h, w, C) → same"""

    def __init__(self, width: int, heads: int, side: int, depth_side: int) -> None:
        """side, depth_side: of the grid that the tables of relative positions are for; others interpolate"""
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width).requires_grad_(False)
        self.output = nn.Linear(width, width).requires_grad_(False)
        self.relative_h = nn.Parameter(torch.zeros(2 * side - 1, width // heads), requires_grad=False)
        self.relative_w = nn.Parameter(torch.zeros(2 * side - 1, width // heads), requires_grad=False)
        self.relative_depth = nn.Parameter(torch.zeros(2 * depth_side - 1, width // heads))

    def forward(self, x: Tensor) -> Tensor:
        b, d, h, w, c = (int(side) for side in x.shape)  # fixed when exported
        n = d * h * w
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads)
        queries, keys, values = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # (B, heads, N, C / heads) each
        bias = self.offset_bias(queries.reshape(b, self.heads, d, h, w, -1))
        attended = F.scaled_dot_product_attention(queries, keys, values, bias)
        return self.output(attended.transpose(1, 2).reshape(b, d, h, w, c))

    def offset_bias(self, queries: Tensor) -> Tensor:
        """(B, heads, d, h, w, c) → (B, heads, N, N) to add to a query's attention to each key"""
        b, heads, d, h, w, _ = (int(side) for side in queries.shape)
        along_d = torch.einsum("bndhwc,dkc->bndhwk", queries, at_offsets(self.relative_depth, d))
        along_h = torch.einsum("bndhwc,hkc->bndhwk", queries, at_offsets(self.relative_h, h))
        along_w = torch.einsum("bndhwc,wkc->bndhwk", queries, at_offsets(self.relative_w, w))
        bias = along_d[..., None, None] + along_h[..., None, :, None] + along_w[..., None, None, :]
        return bias.reshape(b, heads, d * h * w, d * h * w)
