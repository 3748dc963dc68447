"""Image cube → multi-resolution embeddings; run once per region, before any click."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import ConvNormAct, ResidualBlock, UpConv, space_to_depth, unit_vectors

IMAGE_CHANNELS = 2
HALF_CHANNELS = 16
QUARTER_CHANNELS = 48
EIGHTH_CHANNELS = 96
SIXTEENTH_CHANNELS = 128
HALF_FEATURES = HALF_CHANNELS + 8 * IMAGE_CHANNELS
QUARTER_FEATURES = 32
EIGHTH_FEATURES = 64
HALF_KEYS = 8
QUARTER_KEYS = 16


class Embeddings(NamedTuple):
    """n is the cube's edge. Keys are unit vectors, compared with those at the clicks."""

    image_half: Tensor  # (B, 2, n/2, n/2, n/2)
    features_half: Tensor  # (B, 32, n/2, …): 16 learned and the 2 × 8 sub-voxels of the image
    keys_half: Tensor  # (B, 8, n/2, …)
    features_quarter: Tensor  # (B, 32, n/4, …)
    keys_quarter: Tensor  # (B, 16, n/4, …)
    features_eighth: Tensor  # (B, 64, n/8, …)


class ImageEncoder(nn.Module):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16."""

    def __init__(self) -> None:
        super().__init__()
        self.down_half = ConvNormAct(8 * IMAGE_CHANNELS, HALF_CHANNELS)
        self.down_quarter = nn.Sequential(
            ConvNormAct(HALF_CHANNELS, QUARTER_CHANNELS, 2, 2),
            ResidualBlock(QUARTER_CHANNELS),
            ResidualBlock(QUARTER_CHANNELS),
        )
        self.down_eighth = nn.Sequential(
            ConvNormAct(QUARTER_CHANNELS, EIGHTH_CHANNELS, 2, 2),
            ResidualBlock(EIGHTH_CHANNELS),
            ResidualBlock(EIGHTH_CHANNELS),
        )
        self.down_sixteenth = nn.Sequential(
            ConvNormAct(EIGHTH_CHANNELS, SIXTEENTH_CHANNELS, 2, 2),
            ResidualBlock(SIXTEENTH_CHANNELS),
        )
        self.up_eighth = UpConv(SIXTEENTH_CHANNELS, EIGHTH_CHANNELS)
        self.fuse_eighth = ConvNormAct(EIGHTH_CHANNELS, EIGHTH_FEATURES)
        self.up_quarter = UpConv(EIGHTH_FEATURES, QUARTER_CHANNELS)
        self.fuse_quarter = ConvNormAct(QUARTER_CHANNELS, QUARTER_FEATURES)
        self.up_half = UpConv(QUARTER_FEATURES, HALF_CHANNELS)
        self.fuse_half = ConvNormAct(HALF_CHANNELS, HALF_CHANNELS)
        self.to_keys_half = nn.Conv3d(HALF_CHANNELS, HALF_KEYS, 1)
        self.to_keys_quarter = nn.Conv3d(QUARTER_FEATURES, QUARTER_KEYS, 1)

    def forward(self, image: Tensor) -> Embeddings:
        subvoxels = space_to_depth(image)  # (B, 2, n, n, n) → (B, 16, n/2, n/2, n/2)
        half = self.down_half(subvoxels)
        quarter = self.down_quarter(half)
        eighth = self.down_eighth(quarter)
        sixteenth = self.down_sixteenth(eighth)
        features_eighth = self.fuse_eighth(eighth + self.up_eighth(sixteenth))
        features_quarter = self.fuse_quarter(quarter + self.up_quarter(features_eighth))
        fused_half = self.fuse_half(half + self.up_half(features_quarter))
        return Embeddings(
            image_half=F.avg_pool3d(image, 2),
            features_half=torch.cat([fused_half, subvoxels.to(fused_half.dtype)], 1),
            keys_half=unit_vectors(self.to_keys_half(fused_half), 1),
            features_quarter=features_quarter,
            keys_quarter=unit_vectors(self.to_keys_quarter(features_quarter), 1),
            features_eighth=features_eighth,
        )
