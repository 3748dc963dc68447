"""A stage of TinyViT: blocks on one grid, each behind an adapter that looks along the depth, too."""

from torch import Tensor, nn
from torch.nn import functional as F

from ..spatial_adapter import SpatialAdapter
from .blocks import AttentionBlock, InvertedBottleneck, Merging
from .geometry import Stage
from .slabs import as_slices, as_volume


def given_block(stage: Stage) -> nn.Module:
    block = (
        AttentionBlock(stage.width, stage.heads, stage.window)
        if stage.heads
        else InvertedBottleneck(stage.width)
    )
    return block.requires_grad_(False)


class AdaptedStage(nn.Module):
    """(B, C, d, h, w) → same; the adapters alone learn"""

    def __init__(self, stage: Stage, adapter_channels: int) -> None:
        super().__init__()
        self.adapters = nn.ModuleList(
            SpatialAdapter(stage.width, adapter_channels) for _ in range(stage.blocks)
        )
        self.blocks = nn.ModuleList(given_block(stage) for _ in range(stage.blocks))

    def forward(self, x: Tensor) -> Tensor:
        for adapter, block in zip(self.adapters, self.blocks, strict=True):
            x = as_volume(block(as_slices(adapter(x))), int(x.shape[0]))
        return x


class Transition(nn.Module):
    """(B, C, d, h, w) → (B, D, d/2, h/2, w/2), or of the same sides; nothing learns"""

    def __init__(self, stage: Stage, out_channels: int) -> None:
        super().__init__()
        self.halves = stage.halves
        self.merging = Merging(stage.width, out_channels, 2 if stage.halves else 1).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        merged = as_volume(self.merging(as_slices(x)), int(x.shape[0]))
        return F.avg_pool3d(merged, (2, 1, 1)) if self.halves else merged
