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


class RefiningBlock(nn.Module):
    """(B, C, n, n, n) → same; begins as the identity, so that a trained model can be made deeper by it"""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = group_norm(channels)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = group_norm(channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(activated(self.norm2(self.conv1(self.norm1(x)))))


def refining_blocks(count: int, channels: int) -> nn.Sequential:
    return nn.Sequential(*(RefiningBlock(channels) for _ in range(count)))


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
    b, c, k, j, i = (x.shape[0], x.shape[1], *(side // 2 for side in x.shape[2:]))
    rows = x.reshape(b * c, k, 2, j, 2, 2 * i).permute(0, 2, 4, 1, 3, 5)
    # Two transpositions: of whole rows, and of a matrix. ONNX Runtime is slow where it moves single numbers.
    return rows.reshape(b * c * 4, k * j * i, 2).transpose(1, 2).reshape(b, c * 8, k, j, i)


def depth_to_space(x: Tensor) -> Tensor:
    """(B, 8C, n, n, n) → (B, C, 2n, 2n, 2n); inverse of space_to_depth."""
    b, c, k, j, i = x.shape
    rows = x.reshape(b * c // 2, 2, k * j * i).transpose(1, 2).reshape(b * c // 8, 2, 2, k, j, 2 * i)
    return rows.permute(0, 3, 1, 4, 2, 5).reshape(b, c // 8, k * 2, j * 2, i * 2)


class PointwiseConv(nn.Conv3d):
    """(B, in, n, n, n) → (B, out, n, n, n), each voxel for itself"""

    bias: Tensor

    def __init__(self, in_channels: int, out_channels: int, gain: float = 1.0) -> None:
        """gain: of the output, without which weights would have to be as much larger"""
        super().__init__(in_channels, out_channels, 1)
        self.gain = gain

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.gain * self.weight, self.gain * self.bias
        if torch.onnx.is_in_onnx_export():
            return F.conv3d(x, weight, bias)
        # PyTorch takes such a kernel for one in channels-last order and reorders the whole input for it.
        kernels = weight.flatten(1).expand(x.shape[0], -1, -1)
        biases = bias.unsqueeze(1).expand(x.shape[0], -1, 1)
        return torch.baddbmm(biases, kernels, x.flatten(2)).unflatten(2, x.shape[2:])


class UpConv(nn.Module):
    """(B, in, n, n, n) → (B, out, 2n, 2n, 2n): a transposed convolution of kernel and stride 2, as one matrix
    product, which ONNX Runtime does in a third of the time"""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.to_subvoxels = PointwiseConv(in_channels, 8 * out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return depth_to_space(self.to_subvoxels(x))


def unit_vectors(x: Tensor, dim: int) -> Tensor:
    return x * torch.rsqrt((x * x).sum(dim, keepdim=True) + 1e-6)
