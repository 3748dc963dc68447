"""SAM's image encoder in 3D, or that of SAM-Med3D, in the place of ours: the given weights stay, what makes
them fit our images learns."""

from torch import Tensor, nn

from ..feature_pyramid import Embeddings
from .block import VitBlock
from .geometry import VitGeometry
from .neck import Neck
from .tokens import PatchEmbedding, PositionTable, VolumePatchEmbedding, VolumePositionTable


class VitEncoder(nn.Module):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16."""

    def __init__(self, geometry: VitGeometry) -> None:
        super().__init__()
        self.global_blocks = geometry.global_blocks
        self.width = width = geometry.width
        grid = geometry.image_grid
        if geometry.volumetric:
            self.patches: nn.Module = VolumePatchEmbedding(width, geometry.patch)
            self.positions: nn.Module = VolumePositionTable(width, grid)
        else:
            self.patches = PatchEmbedding(width, geometry.patch)
            self.positions = PositionTable(width, grid, geometry.depth_grid)
        self.blocks = nn.ModuleList(
            VitBlock(geometry, index in geometry.global_blocks) for index in range(geometry.blocks)
        )
        self.neck = Neck(geometry)

    def forward(self, image: Tensor) -> Embeddings:
        return self.neck(image, self.levels(image))

    def levels(self, image: Tensor) -> list[Tensor]:
        """Tokens (B, n/p, n/p, n/p, C) behind each block of global attention, the last behind all blocks"""
        tokens = self.positions(self.patches(image))
        levels: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            tokens = block(tokens)
            if index in self.global_blocks:
                levels.append(tokens)
        return levels
