"""MA-SAM's adapter: what slices tell each other."""

from torch import Tensor, nn
from torch.nn import functional as F

from sam3d.model.blocks import RefiningBlock, ResidualBlock
from sam3d.model.vit.block import NORM_EPSILON
from sam3d.model.vit.layout import channels_first, channels_last


class DepthAdapter(nn.Module):
    """(B, d, h, w, C) → same: down, a convolution along the depth, up; begins as the identity"""

    def __init__(self, channels: int, narrow_channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels, NORM_EPSILON)
        self.down = nn.Linear(channels, narrow_channels, bias=False)
        self.along_depth = nn.Conv3d(narrow_channels, narrow_channels, (3, 1, 1), padding=(1, 0, 0))
        self.up = nn.Linear(narrow_channels, channels, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, tokens: Tensor) -> Tensor:
        narrow = channels_first(self.down(self.norm(tokens)))
        return tokens + self.up(F.gelu(channels_last(self.along_depth(narrow))))


class DepthAdaptedBlock(nn.Module):
    """(B, C, n, n, n) → same: a convolutional block and the adapter behind it"""

    def __init__(self, base: ResidualBlock | RefiningBlock, narrow_channels: int) -> None:
        super().__init__()
        self.base = base
        self.adapter = DepthAdapter(base.conv1.in_channels, narrow_channels)

    def forward(self, x: Tensor) -> Tensor:
        return channels_first(self.adapter(channels_last(self.base(x))))
