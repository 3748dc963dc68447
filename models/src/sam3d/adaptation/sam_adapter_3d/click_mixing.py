"""A click is what the image's features say at its place; the image attends to it and to queries that are
learned."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam3d.model.attention import TransformerBlock

from .clicks import Clicks

HEADS = 4
INITIAL_DEVIATION = 0.1


class ClickMixing(nn.Module):
    """(B, C, d, h, w) → same; begins as the identity"""

    def __init__(self, channels: int, global_queries: int) -> None:
        super().__init__()
        self.global_queries = nn.Parameter(INITIAL_DEVIATION * torch.randn(1, global_queries, channels))
        self.no_click = nn.Parameter(INITIAL_DEVIATION * torch.randn(channels))
        self.among_tokens = TransformerBlock(channels, HEADS)
        self.norm = nn.LayerNorm(channels)
        self.to_queries = nn.Linear(channels, channels)
        self.to_keys = nn.Linear(channels, channels)
        self.to_values = nn.Linear(channels, channels)
        self.output = nn.Linear(channels, channels)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, features: Tensor, clicks: Clicks | None, cube: int) -> Tensor:
        """cube: voxels a side that the clicks count"""
        b, c, *grid = (int(side) for side in features.shape)  # fixed when exported
        clicked = self.no_click.expand(b, c)
        if clicks is not None:
            sampled = features_at(features, clicks.points, cube)
            clicked = torch.where(clicks.given.unsqueeze(1), sampled, clicked)
        tokens = torch.cat([self.global_queries.expand(b, -1, -1), clicked.unsqueeze(1)], 1)
        tokens = self.norm(self.among_tokens(tokens))  # (B, T, C)
        image = features.flatten(2).transpose(1, 2)  # (B, N, C)
        queries, keys, values = (
            layer(x).unflatten(2, (HEADS, -1)).transpose(1, 2)
            for layer, x in (
                (self.to_queries, image),
                (self.to_keys, tokens),
                (self.to_values, tokens),
            )
        )
        attended = F.scaled_dot_product_attention(queries, keys, values)  # (B, heads, N, C / heads)
        change = self.output(attended.transpose(1, 2).flatten(2))
        return features + change.transpose(1, 2).reshape(b, c, *grid)


def features_at(features: Tensor, points: Tensor, cube: int) -> Tensor:
    """(B, C, d, h, w), (B, 3) voxels (i, j, k) of a cube of that side → (B, C), interpolated"""
    places = (2 * points + 1) / cube - 1  # centres of voxels, -1 and 1 are the cube's faces
    sampled = F.grid_sample(features, places[:, None, None, None].to(features), align_corners=False)
    return sampled.flatten(1)
