"""SAM's image encoder in 3D, in the place of ours: its 2D weights stay, what makes it 3D learns."""

from torch import Tensor, nn

from ..feature_pyramid import Embeddings
from .block import VitBlock
from .geometry import VitGeometry
from .neck import Neck
from .tokens import PatchEmbedding, PositionTable


class VitEncoder(nn.Module):
    """(B, 2, n, n, n) → Embeddings; n is a multiple of 16."""

    def __init__(self, geometry: VitGeometry) -> None:
        super().__init__()
        self.global_blocks = geometry.global_blocks
        self.patches = PatchEmbedding(geometry.width, geometry.patch)
        self.positions = PositionTable(geometry.width, geometry.image_grid, geometry.depth_grid)
        self.blocks = nn.ModuleList(
            VitBlock(geometry, index in geometry.global_blocks) for index in range(geometry.blocks)
        )
        self.neck = Neck(geometry)

    def forward(self, image: Tensor) -> Embeddings:
        tokens = self.positions(self.patches(image))  # (B, n/p, n/p, n/p, C)
        levels: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            tokens = block(tokens)
            if index in self.global_blocks:
                levels.append(tokens)
        return self.neck(image, levels)
