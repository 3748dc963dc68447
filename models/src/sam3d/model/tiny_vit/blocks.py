"""TinyViT's blocks, slice by slice. The given weights' batch norms are part of the convolutions here."""

from torch import Tensor, nn
from torch.nn import functional as F

from ..attention import HIDDEN_FACTOR
from ..vit.windows import cut, joined, window_sides
from .biased_attention import BiasedAttention

# Slices are (N, C, h, w), N of all volumes together.


def depthwise(channels: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, channels, 3, stride, 1, groups=channels)


class InvertedBottleneck(nn.Module):
    """(N, C, h, w) → same (Sandler et al. 2018)"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.expand = nn.Conv2d(channels, HIDDEN_FACTOR * channels, 1)
        self.depthwise = depthwise(HIDDEN_FACTOR * channels)
        self.contract = nn.Conv2d(HIDDEN_FACTOR * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.gelu(self.depthwise(F.gelu(self.expand(x))))
        return F.gelu(x + self.contract(hidden))


class AttentionBlock(nn.Module):
    """(N, C, h, w) → same: attention in windows, a local convolution, a perceptron"""

    def __init__(self, channels: int, heads: int, window: int) -> None:
        super().__init__()
        self.window = window
        self.attention = BiasedAttention(channels, heads, window)
        self.local = depthwise(channels)
        self.norm = nn.LayerNorm(channels)
        self.hidden = nn.Linear(channels, HIDDEN_FACTOR * channels)
        self.output = nn.Linear(HIDDEN_FACTOR * channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        x = self.local(x + self.attended(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2))
        hidden = F.gelu(self.hidden(self.norm(x.permute(0, 2, 3, 1))))
        return x + self.output(hidden).permute(0, 3, 1, 2)

    def attended(self, tokens: Tensor) -> Tensor:
        """(N, h, w, C) → same"""
        slabs = tokens.unsqueeze(1)  # (N, 1, h, w, C)
        grid = [int(side) for side in slabs.shape[1:4]]
        return joined(self.attention(cut(slabs, window_sides(grid, self.window))), grid).squeeze(1)


class Merging(nn.Module):
    """(N, C, h, w) → (N, D, h / stride, w / stride)"""

    def __init__(self, channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.widen = nn.Conv2d(channels, out_channels, 1)
        self.depthwise = depthwise(out_channels, stride)
        self.mix = nn.Conv2d(out_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(F.gelu(self.depthwise(F.gelu(self.widen(x)))))


class PatchEmbedding(nn.Module):
    """(N, 3, h, w) → (N, C, h / 4, w / 4)"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.to_half = nn.Conv2d(3, channels // 2, 3, 2, 1)
        self.to_quarter = nn.Conv2d(channels // 2, channels, 3, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.to_quarter(F.gelu(self.to_half(x)))
