"""Tokens and the stem's features → embeddings, from the coarse grid to the fine one."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks import ConvNormAct, PointwiseConv, ResidualBlock, UpConv, space_to_depth, unit_vectors
from ..image_encoder import (
    EIGHTH_FEATURES,
    HALF_FEATURES,
    HALF_KEYS,
    QUARTER_FEATURES,
    QUARTER_KEYS,
    SUBVOXELS,
    Embeddings,
)
from .geometry import VitGeometry
from .layout import channels_first


class Neck(nn.Module):
    def __init__(self, geometry: VitGeometry) -> None:
        super().__init__()
        half, quarter, width = geometry.half_channels, geometry.quarter_channels, geometry.width
        self.stem_half = ConvNormAct(SUBVOXELS, half)
        self.stem_quarter = nn.Sequential(ConvNormAct(half, quarter, 2, 2), ResidualBlock(quarter))
        self.from_levels = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, EIGHTH_FEATURES))
            for _ in geometry.global_blocks
        )
        self.fuse_eighth = ConvNormAct(EIGHTH_FEATURES, EIGHTH_FEATURES)
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

    def forward(self, image: Tensor, levels: list[Tensor]) -> Embeddings:
        """image (B, 2, n, n, n), levels (B, n/p, n/p, n/p, C): behind each block of global attention"""
        subvoxels = space_to_depth(image)
        half = self.stem_half(subvoxels)
        quarter = self.stem_quarter(half)
        eighth = sum(layer(level) for layer, level in zip(self.from_levels, levels, strict=True))
        eighth = self.fuse_eighth(on_grid(channels_first(eighth), int(image.shape[-1]) // 8))
        fused_quarter = self.fuse_quarter(quarter + self.up_quarter(eighth))
        fused_half = self.fuse_half(half + self.up_half(fused_quarter))
        half_and_image = torch.cat([fused_half, subvoxels.to(fused_half.dtype)], 1)
        return Embeddings(
            image_half=F.avg_pool3d(image, 2),
            features_half=self.to_half(half_and_image),
            keys_half=unit_vectors(self.to_keys_half(fused_half), 1),
            features_quarter=self.half_to_quarter(half_and_image) + self.to_quarter(fused_quarter),
            keys_quarter=unit_vectors(self.to_keys_quarter(fused_quarter), 1),
            features_eighth=self.to_eighth(eighth),
        )


def on_grid(x: Tensor, side: int) -> Tensor:
    """(B, C, m, m, m) → (B, C, side, side, side)"""
    if int(x.shape[-1]) == side:  # fixed when exported
        return x
    return F.interpolate(x, (side, side, side), mode="trilinear", align_corners=False)
