"""A trained block with what a task adds: in front of its attention, and between that and its perceptron."""

from torch import Tensor, nn

from ..spatial_adapter import SpatialAdapter
from .block import VitBlock
from .layout import channels_first, channels_last


class AdaptedVitBlock(nn.Module):
    """(B, d, h, w, C) → same"""

    def __init__(self, base: VitBlock, before: nn.Module, between: nn.Module | None = None) -> None:
        super().__init__()
        self.base = base
        self.before = before
        self.between = between or nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        return self.base.with_perceptron(self.between(self.base.with_attention(self.before(tokens))))


class TokenAdapter(nn.Module):
    """A spatial adapter of tokens: (B, d, h, w, C) → same; begins as the identity"""

    def __init__(self, channels: int, narrow_channels: int) -> None:
        super().__init__()
        self.adapter = SpatialAdapter(channels, narrow_channels)

    def forward(self, tokens: Tensor) -> Tensor:
        return channels_last(self.adapter(channels_first(tokens)))
