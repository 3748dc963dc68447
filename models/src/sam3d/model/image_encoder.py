"""Image cube → multi-resolution embeddings; run once per region, before any click."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .attention import GlobalContext
from .blocks import (
    ConvNormAct,
    PointwiseConv,
    RefiningBlock,
    ResidualBlock,
    UpConv,
    space_to_depth,
    unit_vectors,
)
from .size import TINY, Size

IMAGE_CHANNELS = 2
SUBVOXELS = 8 * IMAGE_CHANNELS
HALF_FEATURES = 16
QUARTER_FEATURES = 32
EIGHTH_FEATURES = 64
HALF_KEYS = 8
QUARTER_KEYS = 16


class Embeddings(NamedTuple):
    """n is the cube's edge. The mask decoder adds what it makes of the prompts to the features, as SAM adds
    dense prompts to its image embedding. Keys are unit vectors, compared with those at the clicks."""

    image_half: Tensor  # (B, 2, n/2, n/2, n/2)
    features_half: Tensor  # (B, 16, n/2, …)
    keys_half: Tensor  # (B, 8, n/2, …)
    features_quarter: Tensor  # (B, 32, n/4, …)
    keys_quarter: Tensor  # (B, 16, n/4, …)
    features_eighth: Tensor  # (B, 64, n/8, …)


def refining_blocks(count: int, channels: int) -> nn.Sequential:
    return nn.Sequential(*(RefiningBlock(channels) for _ in range(count)))


class ImageEncoder(nn.Module):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16."""

    def __init__(self, size: Size = TINY) -> None:
        super().__init__()
        half, quarter = size.half_channels, size.quarter_channels
        eighth, sixteenth = size.eighth_channels, size.sixteenth_channels
        self.down_half = ConvNormAct(SUBVOXELS, half)
        self.down_quarter = nn.Sequential(
            ConvNormAct(half, quarter, 2, 2), ResidualBlock(quarter), ResidualBlock(quarter)
        )
        self.refine_quarter = refining_blocks(size.quarter_blocks, quarter)
        self.down_eighth = nn.Sequential(
            ConvNormAct(quarter, eighth, 2, 2), ResidualBlock(eighth), ResidualBlock(eighth)
        )
        self.refine_eighth = refining_blocks(size.eighth_blocks, eighth)
        self.context = GlobalContext(eighth, size.token_channels, size.token_heads, size.token_blocks)
        self.down_sixteenth = nn.Sequential(ConvNormAct(eighth, sixteenth, 2, 2), ResidualBlock(sixteenth))
        self.refine_sixteenth = refining_blocks(size.sixteenth_blocks, sixteenth)
        self.up_eighth = UpConv(sixteenth, eighth)
        self.fuse_eighth = ConvNormAct(eighth, EIGHTH_FEATURES)
        self.up_quarter = UpConv(EIGHTH_FEATURES, quarter)
        self.fuse_quarter = ConvNormAct(quarter, QUARTER_FEATURES)
        self.up_half = UpConv(QUARTER_FEATURES, half)
        self.fuse_half = ConvNormAct(half, half)
        self.to_keys_half = PointwiseConv(half, HALF_KEYS)
        self.to_keys_quarter = PointwiseConv(QUARTER_FEATURES, QUARTER_KEYS)
        self.to_half = PointwiseConv(half + SUBVOXELS, HALF_FEATURES)
        self.half_to_quarter = nn.Conv3d(half + SUBVOXELS, QUARTER_FEATURES, 2, 2)
        self.to_quarter = PointwiseConv(QUARTER_FEATURES, QUARTER_FEATURES)
        self.to_eighth = PointwiseConv(EIGHTH_FEATURES, EIGHTH_FEATURES)

    def forward(self, image: Tensor) -> Embeddings:
        subvoxels = space_to_depth(image)  # (B, 2, n, n, n) → (B, 16, n/2, n/2, n/2)
        half = self.down_half(subvoxels)
        quarter = self.refine_quarter(self.down_quarter(half))
        eighth = self.context(self.refine_eighth(self.down_eighth(quarter)))
        sixteenth = self.refine_sixteenth(self.down_sixteenth(eighth))
        fused_eighth = self.fuse_eighth(eighth + self.up_eighth(sixteenth))
        fused_quarter = self.fuse_quarter(quarter + self.up_quarter(fused_eighth))
        fused_half = self.fuse_half(half + self.up_half(fused_quarter))
        # the image's own voxels go along: what a half grid has lost is in them
        half_and_image = torch.cat([fused_half, subvoxels.to(fused_half.dtype)], 1)
        return Embeddings(
            image_half=F.avg_pool3d(image, 2),
            features_half=self.to_half(half_and_image),
            keys_half=unit_vectors(self.to_keys_half(fused_half), 1),
            features_quarter=self.half_to_quarter(half_and_image) + self.to_quarter(fused_quarter),
            keys_quarter=unit_vectors(self.to_keys_quarter(fused_quarter), 1),
            features_eighth=self.to_eighth(fused_eighth),
        )
