"""Features of several levels → one output per class: each level by convolutions of its own, then all together
with the image."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sam3d.model.blocks import ConvNormAct, PointwiseConv, depth_to_space
from sam3d.model.feature_pyramid import IMAGE_CHANNELS
from sam3d.model.mask_decoder import LOGIT_GAIN
from sam3d.model.semantic_decoder import BACKGROUND_LOGIT

from .click_mixing import ClickMixing
from .clicks import Clicks


class MultiLevelDecoder(nn.Module):
    """Levels (B, C, …) from fine to coarse, the image (B, 2, n, n, n) → logits (B, 1 + classes, n, n, n)"""

    def __init__(self, level_channels: list[int], channels: int, classes: int, global_queries: int) -> None:
        """classes: without the background"""
        super().__init__()
        self.reduce = nn.ModuleList(PointwiseConv(own, channels) for own in level_channels)
        self.mixing = ClickMixing(channels, global_queries)
        self.heads = nn.ModuleList(
            nn.Sequential(ConvNormAct(channels, channels), ConvNormAct(channels, channels))
            for _ in level_channels
        )
        together = len(level_channels) * channels + IMAGE_CHANNELS
        self.fuse = ConvNormAct(together, channels)
        self.to_logits = PointwiseConv(channels, 8 * (1 + classes), LOGIT_GAIN)
        nn.init.normal_(self.to_logits.weight, std=0.02)
        nn.init.zeros_(self.to_logits.bias)
        with torch.no_grad():
            self.to_logits.bias[:8] = BACKGROUND_LOGIT / LOGIT_GAIN

    def forward(self, levels: list[Tensor], image: Tensor, clicks: Clicks | None = None) -> Tensor:
        cube = int(image.shape[-1])
        reduced = [layer(level) for layer, level in zip(self.reduce, levels, strict=True)]
        reduced[-1] = self.mixing(reduced[-1], clicks, cube)  # of the coarsest, which sees furthest
        half = [on_half_grid(head(x), cube) for head, x in zip(self.heads, reduced, strict=True)]
        fused = self.fuse(torch.cat([*half, F.avg_pool3d(image, 2)], 1))
        return depth_to_space(self.to_logits(fused).float())


def on_half_grid(x: Tensor, cube: int) -> Tensor:
    """(B, C, m, m, m) → (B, C, cube / 2, …)"""
    side = cube // 2
    if int(x.shape[-1]) == side:  # fixed when exported
        return x
    return F.interpolate(x, (side, side, side), mode="trilinear", align_corners=False)
