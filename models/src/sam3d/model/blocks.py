"""Building blocks shared by the encoder and the decoder."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS_PER_GROUP = 8  # GroupNorm, since batches of two 3D samples are too small for batch statistics
LEAK = 0.1  # a plain ReLU leaves most channels of the narrow layers dead for good


def group_norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(channels // CHANNELS_PER_GROUP, channels)


def activated(x: Tensor) -> Tensor:
    return F.leaky_relu(x, LEAK)


class ResidualBlock(nn.Module):
    """(B, C, n, n, n) → (B, C, n, n, n); begins as the identity"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = group_norm(channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = group_norm(channels)
        nn.init.zeros_(self.norm2.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = activated(self.norm1(self.conv1(x)))
        return activated(x + self.norm2(self.conv2(y)))


class ConvNormAct(nn.Sequential):
    """(B, in, n, n, n) → (B, out, n / stride, …)"""

    def __init__(self, in_channels: int, out_channels: int, kernel: int = 3, stride: int = 1) -> None:
        padding = (kernel - stride + 1) // 2
        super().__init__(
            nn.Conv3d(in_channels, out_channels, kernel, stride, padding, bias=False),
            group_norm(out_channels),
            nn.LeakyReLU(LEAK),
        )


def space_to_depth(x: Tensor) -> Tensor:
    """(B, C, 2n, 2n, 2n) → (B, 8C, n, n, n); lossless, so that all convolutions run at half resolution."""
    b, c, k, j, i = x.shape
    x = x.reshape(b, c, k // 2, 2, j // 2, 2, i // 2, 2)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, c * 8, k // 2, j // 2, i // 2)


def depth_to_space(x: Tensor) -> Tensor:
    """(B, 8C, n, n, n) → (B, C, 2n, 2n, 2n); inverse of space_to_depth."""
    b, c, k, j, i = x.shape
    x = x.reshape(b, c // 8, 2, 2, 2, k, j, i)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, c // 8, k * 2, j * 2, i * 2)


def unit_vectors(x: Tensor, dim: int) -> Tensor:
    return x * torch.rsqrt((x * x).sum(dim, keepdim=True) + 1e-6)
