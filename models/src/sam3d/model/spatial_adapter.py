"""A narrow convolution beside a trained path, which learns what that path should have added."""

from torch import Tensor, nn

from .blocks import PointwiseConv, RefiningBlock, ResidualBlock, activated


class SpatialAdapter(nn.Module):
    """(B, C, n, n, n) → same; begins as the identity"""

    def __init__(self, channels: int, narrow_channels: int) -> None:
        super().__init__()
        self.reduce = PointwiseConv(channels, narrow_channels)
        self.depthwise = nn.Conv3d(narrow_channels, narrow_channels, 3, padding=1, groups=narrow_channels)
        self.expand = PointwiseConv(narrow_channels, channels)
        nn.init.zeros_(self.expand.weight)
        nn.init.zeros_(self.expand.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.expand(activated(self.depthwise(self.reduce(x))))


class AdaptedBlock(nn.Module):
    """A block and the spatial adapter behind it"""

    def __init__(self, base: ResidualBlock | RefiningBlock, narrow_channels: int) -> None:
        super().__init__()
        self.base = base
        weight = base.conv1.weight
        self.adapter = SpatialAdapter(weight.shape[1], narrow_channels).to(weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.adapter(self.base(x))
