"""Image cube → tokens at their places. What the given weights say stays; what they say nothing of learns: the
depth where they are 2D, our two channels where they are 3D."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..feature_pyramid import IMAGE_CHANNELS
from .layout import channels_last

INITIAL_DEVIATION = 0.02


class PatchEmbedding(nn.Module):
    """(B, 2, n, n, n) → (B, n/p, n/p, n/p, C); the kernel is a 2D one times one along the depth"""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.patch = patch
        self.kernel = nn.Parameter(INITIAL_DEVIATION * torch.randn(width, patch, patch), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(width), requires_grad=False)
        share = 1 / (IMAGE_CHANNELS * patch)  # begins as the 2D embedding of the mean image
        self.depth_kernel = nn.Parameter(torch.full((width, IMAGE_CHANNELS, patch), share))

    def forward(self, image: Tensor) -> Tensor:
        kernel = self.depth_kernel[..., None, None] * self.kernel[:, None, None]  # (C, 2, p, p, p)
        return channels_last(F.conv3d(image, kernel, self.bias, self.patch))


class VolumePatchEmbedding(nn.Module):
    """(B, 2, n, n, n) → (B, n/p, n/p, n/p, C); the kernel is a 3D one, times what each channel counts"""

    def __init__(self, width: int, patch: int) -> None:
        super().__init__()
        self.patch = patch
        kernel = INITIAL_DEVIATION * torch.randn(width, patch, patch, patch)
        self.kernel = nn.Parameter(kernel, requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(width), requires_grad=False)
        # begins as the embedding of the mean image
        self.channel_shares = nn.Parameter(torch.full((IMAGE_CHANNELS,), 1 / IMAGE_CHANNELS))

    def forward(self, image: Tensor) -> Tensor:
        kernel = self.channel_shares.view(1, -1, 1, 1, 1) * self.kernel.unsqueeze(1)  # (C, 2, p, p, p)
        return channels_last(F.conv3d(image, kernel, self.bias, self.patch))


class PositionTable(nn.Module):
    """(B, d, h, w, C) → same"""

    def __init__(self, width: int, image_grid: int, depth_grid: int) -> None:
        super().__init__()
        in_slice = INITIAL_DEVIATION * torch.randn(1, width, image_grid, image_grid)
        self.in_slice = nn.Parameter(in_slice, requires_grad=False)
        self.depth = nn.Parameter(torch.zeros(1, width, depth_grid))

    def forward(self, tokens: Tensor) -> Tensor:
        d, h, w = (int(side) for side in tokens.shape[1:4])  # fixed when exported
        in_slice, depth = self.in_slice, self.depth
        if in_slice.shape[2:] != (h, w):
            in_slice = F.interpolate(in_slice, (h, w), mode="bilinear", align_corners=False)
        if depth.shape[2] != d:
            depth = F.interpolate(depth, d, mode="linear", align_corners=False)
        return tokens + channels_last(depth[..., None, None] + in_slice.unsqueeze(2))


class VolumePositionTable(nn.Module):
    """(B, d, h, w, C) → same"""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        table = INITIAL_DEVIATION * torch.randn(1, width, side, side, side)
        self.table = nn.Parameter(table, requires_grad=False)

    def forward(self, tokens: Tensor) -> Tensor:
        grid, table = [int(side) for side in tokens.shape[1:4]], self.table  # fixed when exported
        if list(table.shape[2:]) != grid:
            table = F.interpolate(table, grid, mode="trilinear", align_corners=False)
        return tokens + channels_last(table)
