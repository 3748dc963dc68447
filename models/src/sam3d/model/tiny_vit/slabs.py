"""A volume as slices for weights of 2D images, and slices as a volume again."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..feature_pyramid import IMAGE_CHANNELS
from ..vit.inflation import GREY_HALF_RANGE, PIXEL_DEVIATION, PIXEL_MEAN


def as_slices(x: Tensor) -> Tensor:
    """(B, C, d, h, w) → (B · d, C, h, w)"""
    return x.transpose(1, 2).flatten(0, 1)


def as_volume(slices: Tensor, batch: int) -> Tensor:
    """(B · d, C, h, w) → (B, C, d, h, w)"""
    return slices.unflatten(0, (batch, int(slices.shape[0]) // batch)).transpose(1, 2)


class Slabs(nn.Module):
    """(B, 2, n, n, n) → (B · n/p, 3, n, n): slabs of p voxels, as the normalised RGB images SAM was trained
    on; how channels and depths count learns, and begins as their mean"""

    def __init__(self, depth: int) -> None:
        super().__init__()
        share = 1 / (IMAGE_CHANNELS * depth)
        self.depth = depth
        self.depth_kernel = nn.Parameter(torch.full((1, IMAGE_CHANNELS, depth, 1, 1), share))
        mean, deviation = torch.tensor(PIXEL_MEAN), torch.tensor(PIXEL_DEVIATION)
        slopes, offsets = GREY_HALF_RANGE / deviation, (GREY_HALF_RANGE - mean) / deviation
        self.register_buffer("slopes", slopes.view(1, 3, 1, 1), persistent=False)
        self.register_buffer("offsets", offsets.view(1, 3, 1, 1), persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        grey = F.conv3d(image, self.depth_kernel, stride=(self.depth, 1, 1))
        return as_slices(grey) * self.slopes + self.offsets
