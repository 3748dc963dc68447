"""MobileSAM's image encoder in 3D, in the place of ours: its 2D weights stay, what makes it 3D learns."""

from itertools import pairwise

from torch import Tensor, nn

from ..blocks import ConvNormAct, ResidualBlock, UpConv, group_norm, space_to_depth
from ..feature_pyramid import EIGHTH_FEATURES, SUBVOXELS, Embeddings, FeaturePyramid
from .blocks import PatchEmbedding
from .geometry import TinyVitGeometry
from .slabs import Slabs, as_volume
from .stage import AdaptedStage, Transition

PATCH = 4  # voxels a side


class TinyVitEncoder(nn.Module):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16. Slices go through the 2D layers one by one."""

    def __init__(self, geometry: TinyVitGeometry) -> None:
        super().__init__()
        stages = geometry.stages
        self.slabs = Slabs(PATCH)
        self.patches = PatchEmbedding(stages[0].width).requires_grad_(False)
        self.stages = nn.ModuleList(AdaptedStage(stage, geometry.adapter_channels) for stage in stages)
        self.transitions = nn.ModuleList(
            Transition(stage, following.width) for stage, following in pairwise(stages)
        )
        self.neck = TinyVitNeck(geometry)

    def forward(self, image: Tensor) -> Embeddings:
        quarter, eighth, *_, sixteenth = self.levels(image)
        return self.neck(image, quarter, eighth, sixteenth)

    def levels(self, image: Tensor) -> list[Tensor]:
        """(B, C, n/4, n/4, n/4), (B, C, n/8, …), (B, C, n/16, …) twice: behind each stage"""
        x = as_volume(self.patches(self.slabs(image)), int(image.shape[0]))
        found: list[Tensor] = []
        for index, stage in enumerate(self.stages):
            x = stage(self.transitions[index - 1](x) if index else x)
            found.append(x)
        return found


class TinyVitNeck(FeaturePyramid):
    """Levels and the features of a shallow stem → embeddings"""

    def __init__(self, geometry: TinyVitGeometry) -> None:
        half, quarter = geometry.half_channels, geometry.quarter_channels
        super().__init__(half, quarter)
        widths = [stage.width for stage in geometry.stages]
        self.stem_half = ConvNormAct(SUBVOXELS, half)
        self.stem_quarter = nn.Sequential(ConvNormAct(half, quarter, 2, 2), ResidualBlock(quarter))
        self.from_quarter = nn.Sequential(group_norm(widths[0]), nn.Conv3d(widths[0], quarter, 1))
        self.from_eighth = nn.Sequential(group_norm(widths[1]), nn.Conv3d(widths[1], EIGHTH_FEATURES, 1))
        self.from_sixteenth = nn.Sequential(group_norm(widths[-1]), UpConv(widths[-1], EIGHTH_FEATURES))
        self.fuse_eighth = ConvNormAct(EIGHTH_FEATURES, EIGHTH_FEATURES)

    def forward(self, image: Tensor, quarter: Tensor, eighth: Tensor, sixteenth: Tensor) -> Embeddings:
        """image (B, 2, n, n, n); levels (B, C, n/4, …), (B, C, n/8, …), (B, C, n/16, …)"""
        subvoxels = space_to_depth(image)
        half = self.stem_half(subvoxels)
        fine = self.stem_quarter(half) + self.from_quarter(quarter)
        coarse = self.fuse_eighth(self.from_eighth(eighth) + self.from_sixteenth(sixteenth))
        return self.embeddings(image, subvoxels, half, fine, coarse)
