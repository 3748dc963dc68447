"""Tokens and the features of a shallow stem → embeddings."""

from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks import ConvNormAct, ResidualBlock, space_to_depth
from ..feature_pyramid import EIGHTH_FEATURES, SUBVOXELS, Embeddings, FeaturePyramid
from .geometry import VitGeometry
from .layout import channels_first


class Neck(FeaturePyramid):
    def __init__(self, geometry: VitGeometry) -> None:
        half, quarter, width = geometry.half_channels, geometry.quarter_channels, geometry.width
        super().__init__(half, quarter)
        self.stem_half = ConvNormAct(SUBVOXELS, half)
        self.stem_quarter = nn.Sequential(ConvNormAct(half, quarter, 2, 2), ResidualBlock(quarter))
        self.from_levels = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, EIGHTH_FEATURES))
            for _ in geometry.global_blocks
        )
        self.fuse_eighth = ConvNormAct(EIGHTH_FEATURES, EIGHTH_FEATURES)

    def forward(self, image: Tensor, levels: list[Tensor]) -> Embeddings:
        """image (B, 2, n, n, n), levels (B, n/p, n/p, n/p, C): behind each block of global attention"""
        subvoxels = space_to_depth(image)
        half = self.stem_half(subvoxels)
        quarter = self.stem_quarter(half)
        eighth = sum(layer(level) for layer, level in zip(self.from_levels, levels, strict=True))
        eighth = self.fuse_eighth(on_grid(channels_first(eighth), int(image.shape[-1]) // 8))
        return self.embeddings(image, subvoxels, half, quarter, eighth)


def on_grid(x: Tensor, side: int) -> Tensor:
    """(B, C, m, m, m) → (B, C, side, side, side)"""
    if int(x.shape[-1]) == side:  # fixed when exported
        return x
    return F.interpolate(x, (side, side, side), mode="trilinear", align_corners=False)
