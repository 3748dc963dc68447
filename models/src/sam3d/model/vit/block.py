"""A block of SAM's image encoder, with a spatial adapter before it as in 3DSAM-adapter (Gong et al. 2024)."""

from torch import Tensor, nn
from torch.nn import functional as F

from ..attention import HIDDEN_FACTOR
from ..spatial_adapter import SpatialAdapter
from .geometry import VitGeometry
from .layout import channels_first, channels_last
from .relative_attention import RelativeAttention
from .windows import cut, joined, window_sides

NORM_EPSILON = 1e-6  # SAM's


class VitBlock(nn.Module):
    """(B, d, h, w, C) → same; only the adapter learns and, where the weights are 2D, the relative positions
    along the depth"""

    def __init__(self, geometry: VitGeometry, attends_globally: bool) -> None:
        super().__init__()
        width, window = geometry.width, geometry.window
        sides = (geometry.image_grid, geometry.depth_grid) if attends_globally else (window, window)
        self.window = None if attends_globally else window
        self.fills_windows = geometry.volumetric
        self.adapter = SpatialAdapter(width, geometry.adapter_channels)
        self.norm1 = nn.LayerNorm(width, NORM_EPSILON).requires_grad_(False)
        self.attention = RelativeAttention(
            width, geometry.heads, *sides, depth_learns=not geometry.volumetric
        )
        self.norm2 = nn.LayerNorm(width, NORM_EPSILON).requires_grad_(False)
        self.expand = nn.Linear(width, HIDDEN_FACTOR * width).requires_grad_(False)
        self.contract = nn.Linear(HIDDEN_FACTOR * width, width).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.with_perceptron(self.with_attention(x))

    def with_attention(self, x: Tensor) -> Tensor:
        x = channels_last(self.adapter(channels_first(x)))
        return x + self.attended(self.norm1(x))

    def with_perceptron(self, x: Tensor) -> Tensor:
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))

    def attended(self, x: Tensor) -> Tensor:
        if self.window is None:
            return self.attention(x)
        grid = [int(side) for side in x.shape[1:4]]
        smallest = window_sides(grid, self.window)
        if self.fills_windows:  # with zeros, which are looked at but ask nothing
            return joined(self.attention(cut(x, [self.window] * 3), smallest), grid)
        return joined(self.attention(cut(x, smallest)), grid)
