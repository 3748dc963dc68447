"""Attention that adds a number for how far a key lies from the query (Graham et al. 2021, LeViT)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BiasedAttention(nn.Module):
    """(B, 1, h, w, C) → same; the sides are at most those of the window"""

    def __init__(self, width: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads, self.window = heads, window
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)  # of each head its queries, keys and values
        self.output = nn.Linear(width, width)
        self.offsets = nn.Parameter(torch.zeros(heads, window * window))  # for each |Δh| · window + |Δw|

    def forward(self, x: Tensor) -> Tensor:
        b, _, h, w, c = (int(side) for side in x.shape)  # fixed when exported
        qkv = self.qkv(self.norm(x)).reshape(b, h * w, self.heads, 3, c // self.heads)
        queries, keys, values = qkv.permute(3, 0, 2, 1, 4).unbind(0)  # (B, heads, N, C / heads) each
        attended = F.scaled_dot_product_attention(queries, keys, values, self.bias(h, w))
        return self.output(attended.transpose(1, 2).reshape(b, 1, h, w, c))

    def bias(self, h: int, w: int) -> Tensor:
        """→ (heads, h · w, h · w)"""
        y, x = torch.arange(h, device=self.offsets.device), torch.arange(w, device=self.offsets.device)
        rows, columns = (y[:, None] - y).abs(), (x[:, None] - x).abs()
        place = rows[:, None, :, None] * self.window + columns[None, :, None, :]  # (h, w, h, w)
        return self.offsets[:, place.reshape(h * w, h * w)]
