"""A mask's border at the cube's full resolution: what the decoder, at half of it, and the walk along the
image's edges leave to be learned."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import ConvNormAct, PointwiseConv, ResidualBlock, UpConv, activated, group_norm
from .prompt_encoder import NARROW_SIGMA_VOXELS, point_weights

IMAGE_CHANNELS = 2
MAPS = 2 * IMAGE_CHANNELS + 4  # image and evidence, answer, walk, include and exclude clicks
FULL_CHANNELS = 8
HALF_CHANNELS = 16
QUARTER_CHANNELS = 32
LOGIT_SCALE = 4.0  # beyond it an answer is sure
WINDOW_CELLS = 7  # of the half grid: around a border the neighbourhood is about so wide
LEAST_CONTRAST = 0.02  # squared, of an image in [-1, 1]: what differs less does not tell inside from outside
LEAST_SHARE = 0.02  # of a window
EVIDENCE_LIMIT = 1.0
GAIN = 4.0  # of what is learned, in logits


class RefinedMask(NamedTuple):
    refined_logits: Tensor  # (B, 1, n, n, n)


def window_mean(x: Tensor) -> Tensor:
    """Over WINDOW_CELLS in each direction; (B, C, n, n, n) → same"""
    for axis in range(3):
        kernel, padding = [1, 1, 1], [0, 0, 0]
        kernel[axis], padding[axis] = WINDOW_CELLS, WINDOW_CELLS // 2
        x = F.avg_pool3d(x, kernel, 1, padding, count_include_pad=False)
    return x


def doubled(x: Tensor) -> Tensor:
    """(B, C, n, n, n) → (B, C, 2n, 2n, 2n): each cell's value eight times"""
    b, c, k, j, i = (int(side) for side in x.shape)  # fixed when exported
    rows = x.reshape(b, c, k, 1, j, 1, i, 1).expand(b, c, k, 2, j, 2, i, 2)
    return rows.reshape(b, c, 2 * k, 2 * j, 2 * i)


def evidence_of(image: Tensor, probability: Tensor) -> Tensor:
    """Whether a voxel looks like what is inside the mask around it (> 0) or like what is outside (< 0), as
    the local binary fitting of Li et al. 2007 weighs it.

    image (B, C, n, n, n), probability (B, 1, n, n, n) → (B, C, n, n, n)
    """
    shown, inside = F.avg_pool3d(image, 2), F.avg_pool3d(probability, 2)
    c = shown.shape[1]
    mean, mean_inside, share = window_mean(torch.cat([shown, inside * shown, inside], 1)).split([c, c, 1], 1)
    # Where the mask, or what is outside, is hardly seen, its mean is the whole window's.
    within = (mean_inside + LEAST_SHARE * mean) / (share + LEAST_SHARE)
    without = (mean - mean_inside + LEAST_SHARE * mean) / (1 - share + LEAST_SHARE)
    means = doubled(torch.cat([within, without], 1))
    contrast = means[:, :c] - means[:, c:]
    evidence = (image - means.unflatten(1, (2, c)).mean(1)) * contrast / (contrast**2 + LEAST_CONTRAST)
    return evidence.clamp(-EVIDENCE_LIMIT, EVIDENCE_LIMIT)


class MaskRefiner(nn.Module):
    """Begins as the identity on walked_logits."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv3d(MAPS, FULL_CHANNELS, 3, padding=1)
        self.half_down = nn.Sequential(
            ConvNormAct(FULL_CHANNELS, HALF_CHANNELS, 2, 2), ResidualBlock(HALF_CHANNELS)
        )
        self.quarter = nn.Sequential(
            ConvNormAct(HALF_CHANNELS, QUARTER_CHANNELS, 2, 2), ResidualBlock(QUARTER_CHANNELS)
        )
        self.up_half = UpConv(QUARTER_CHANNELS, HALF_CHANNELS)
        self.half_norm = group_norm(HALF_CHANNELS)
        self.half_up = ResidualBlock(HALF_CHANNELS)
        self.up_full = UpConv(HALF_CHANNELS, FULL_CHANNELS)
        self.full = nn.Conv3d(FULL_CHANNELS, FULL_CHANNELS, 3, padding=1)
        self.to_logits = PointwiseConv(FULL_CHANNELS + MAPS, 1, GAIN)
        nn.init.zeros_(self.to_logits.weight)
        nn.init.zeros_(self.to_logits.bias)

    def forward(
        self,
        image: Tensor,  # (B, 2, n, n, n)
        mask_logits: Tensor,  # (B, 1, n, n, n): the hypothesis, as the decoder gave it
        walked_logits: Tensor,  # (B, 1, n, n, n): with its border on the image's edges
        point_coords: Tensor,  # (B, N, 3) voxel index (i, j, k)
        point_labels: Tensor,  # (B, N): 1 include, 0 exclude, -1 padding
    ) -> RefinedMask:
        weights = point_weights(point_coords, image.shape[-1], 1, NARROW_SIGMA_VOXELS)
        include = (point_labels > 0.5).to(point_coords.dtype)
        exclude = ((point_labels > -0.5) & (point_labels <= 0.5)).to(point_coords.dtype)
        maps = torch.cat(
            [
                image,
                evidence_of(image, torch.sigmoid(walked_logits)),
                torch.tanh(mask_logits / LOGIT_SCALE),
                torch.tanh(walked_logits / LOGIT_SCALE),
                weights.painted(include),
                weights.painted(exclude),
            ],
            1,
        )
        stem = activated(self.stem(maps))
        half = self.half_down(stem)
        half = self.half_up(activated(self.half_norm(half + self.up_half(self.quarter(half)))))
        full = activated(self.full(activated(stem + self.up_full(half))))
        change = self.to_logits(torch.cat([full, maps.to(full.dtype)], 1)).float()
        return RefinedMask(walked_logits + change)
