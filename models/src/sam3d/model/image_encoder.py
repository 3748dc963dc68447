"""Image cube → multi-resolution embeddings; run once per region, before any click."""

from torch import Tensor, nn

from .attention import GlobalContext
from .blocks import ConvNormAct, ResidualBlock, UpConv, refining_blocks, space_to_depth
from .feature_pyramid import SUBVOXELS, Embeddings, FeaturePyramid
from .size import TINY, Size


class ImageEncoder(FeaturePyramid):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16."""

    def __init__(self, size: Size = TINY) -> None:
        half, quarter = size.half_channels, size.quarter_channels
        eighth, sixteenth = size.eighth_channels, size.sixteenth_channels
        super().__init__(half, quarter, size.features)
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
        self.fuse_eighth = ConvNormAct(eighth, size.features.eighth)

    def forward(self, image: Tensor) -> Embeddings:
        subvoxels = space_to_depth(image)  # (B, 2, n, n, n) → (B, 16, n/2, n/2, n/2)
        half = self.down_half(subvoxels)
        quarter = self.refine_quarter(self.down_quarter(half))
        eighth = self.context(self.refine_eighth(self.down_eighth(quarter)))
        sixteenth = self.refine_sixteenth(self.down_sixteenth(eighth))
        fused_eighth = self.fuse_eighth(eighth + self.up_eighth(sixteenth))
        return self.embeddings(image, subvoxels, half, quarter, fused_eighth)
