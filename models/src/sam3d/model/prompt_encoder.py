"""Clicks, boxes and the previous logits → dense maps on the half and the quarter grid."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .box_contrast import CONTRAST_MAPS, box_contrast
from .box_prompts import BOX_MAPS, box_maps
from .connectedness import connectedness
from .random_walk import walk_chances

NARROW_SIGMA_VOXELS = 2.0
WIDE_SIGMA_VOXELS = 8.0
TAIL = 1e-3  # Gaussian values are lowered by this, down to 0: denormal numbers are slow on CPUs
SEED_WEIGHT = 0.65  # a cell that a click's narrow Gaussian weighs more is where paths begin
WALK_POWER = 0.25  # chances fall off steeply around a click
HALF_MAPS = 14
# indices among the half maps
WIDE_INCLUDE_MAP = 2
PREVIOUS_MAP = 4
SIMILARITY_MAPS = (5, 6)
DIFFERENCE_MAPS = (7, 8, 9)
WALK_MAPS = (10, 11)
CONNECTEDNESS_MAPS = (12, 13)
QUARTER_MAPS = 2
BOX_PROMPT_MAPS = BOX_MAPS + CONTRAST_MAPS
FAR_INTENSITY = 2.0  # the width of the image's range [-1, 1]


class PromptMaps(NamedTuple):
    prompt_half: Tensor  # (B, 14, n/2, n/2, n/2)
    prompt_quarter: Tensor  # (B, 2, n/4, n/4, n/4)
    prompt_box: Tensor  # (B, 4, n/2, n/2, n/2)


class PointWeights(NamedTuple):
    """One Gaussian per point on a grid: its factors along the axes, each (B, N, n)."""

    k: Tensor
    j: Tensor
    i: Tensor

    def painted(self, chosen: Tensor) -> Tensor:
        """Sum over the chosen points; chosen (B, N) → (B, 1, n, n, n)"""
        b, _, n = self.k.shape
        plane = (chosen.unsqueeze(-1) * self.k).unsqueeze(-1) * self.j.unsqueeze(-2)  # (B, N, n, n)
        cube = plane.flatten(2).transpose(1, 2) @ self.i  # (B, n², N) @ (B, N, n)
        return cube.reshape(b, 1, n, n, n).clamp(max=1.0)

    def sampled(self, volume: Tensor) -> Tensor:
        """Weighted mean of a volume around each point; (B, C, n, n, n) → (B, N, C)"""
        plane = self.k.unsqueeze(-1) * self.j.unsqueeze(-2)  # (B, N, n, n)
        weight = (plane.unsqueeze(-1) * self.i.unsqueeze(2).unsqueeze(2)).flatten(2)  # (B, N, n³)
        total = weight.sum(-1, keepdim=True)
        return (weight @ volume.flatten(2).transpose(1, 2)) / (total + 1e-6)


def point_weights(coords: Tensor, grid: int, step: int, sigma_voxels: float) -> PointWeights:
    """coords (B, N, 3) are (i, j, k) voxel indices of the cube; the grid's cells are step voxels wide."""
    centres = torch.arange(grid, dtype=coords.dtype, device=coords.device) * step + (step - 1) / 2
    distance = centres - coords.unsqueeze(-1)  # (B, N, 3, grid)
    gaussian = F.relu(torch.exp(distance * distance * (-0.5 / sigma_voxels**2)) - TAIL)
    return PointWeights(k=gaussian[:, :, 2], j=gaussian[:, :, 1], i=gaussian[:, :, 0])


def largest_similarity(keys: Tensor, clicked: Tensor, chosen: Tensor) -> Tensor:
    """Cosine to the most similar chosen click, 0 without one.

    keys (B, C, n, n, n), clicked (B, N, C), chosen (B, N) → (B, 1, n, n, n)
    """
    clicked = clicked * torch.rsqrt((clicked * clicked).sum(-1, keepdim=True) + 1e-6)
    similarity = clicked @ keys.flatten(2)  # (B, N, n³)
    similarity = similarity * chosen.unsqueeze(-1) - 2 * (1 - chosen.unsqueeze(-1))
    best = similarity.amax(1, keepdim=True)
    best = torch.where(best < -1.5, torch.zeros_like(best), best)
    return best.reshape(keys.shape[0], 1, *keys.shape[2:])


def smallest_difference(image: Tensor, clicked: Tensor, chosen: Tensor) -> Tensor:
    """|intensity − the most similar chosen click's|, at most the image's range.

    image (B, 1, n, n, n), clicked (B, N, 1), chosen (B, N) → (B, 1, n, n, n)
    """
    difference = (image.flatten(2) - clicked).abs() + FAR_INTENSITY * (1 - chosen.unsqueeze(-1))
    smallest = difference.amin(1, keepdim=True).clamp(max=FAR_INTENSITY)
    return smallest.reshape(image.shape)


def smoothed(x: Tensor) -> Tensor:
    return F.avg_pool3d(x, 3, 1, 1, count_include_pad=False)


class PromptEncoder(nn.Module):
    """Has no weights: what the maps mean is learned by the decoder.

    silenced_maps: of the half maps, that stay zero (similarity on the quarter grid goes with SIMILARITY_MAPS)
    """

    def __init__(self, silenced_maps: tuple[int, ...] = ()) -> None:
        super().__init__()
        self.silenced_maps = silenced_maps

    def forward(
        self,
        point_coords: Tensor,  # (B, N, 3) voxel index (i, j, k)
        point_labels: Tensor,  # (B, N): 1 include, 0 exclude, -1 padding
        box_coords: Tensor,  # (B, M, 6), see box_prompts
        box_labels: Tensor,  # (B, M), -1 padding
        mask_input: Tensor,  # (B, 1, n, n, n) logits
        has_mask_input: Tensor,  # (B,)
        image_half: Tensor,
        keys_half: Tensor,
        keys_quarter: Tensor,
    ) -> PromptMaps:
        include = (point_labels > 0.5).to(point_coords.dtype)
        exclude = ((point_labels > -0.5) & (point_labels <= 0.5)).to(point_coords.dtype)
        half = image_half.shape[-1]
        narrow = point_weights(point_coords, half, 2, NARROW_SIGMA_VOXELS)
        wide = point_weights(point_coords, half, 2, WIDE_SIGMA_VOXELS)
        quarter = point_weights(point_coords, half // 2, 4, NARROW_SIGMA_VOXELS)

        has_mask = has_mask_input.reshape(-1, 1, 1, 1, 1) > 0.5
        probability = F.avg_pool3d(torch.sigmoid(mask_input.clamp(-20, 20)), 2)
        previous = torch.where(has_mask, 2 * probability - 1, torch.zeros_like(probability))

        clicked_keys = narrow.sampled(keys_half)
        clicked_image = narrow.sampled(image_half)
        clicked_quarter = quarter.sampled(keys_quarter)
        fine, coarse = image_half[:, 1:2], image_half[:, 0:1]
        included, excluded = narrow.painted(include), narrow.painted(exclude)
        seeds = (torch.cat([included, excluded], 1) > SEED_WEIGHT).to(included.dtype)
        similarity = largest_similarity(keys_half, clicked_keys, include)
        difference = smallest_difference(fine, clicked_image[..., 1:2], include)
        differences = torch.cat([smoothed(difference), smoothed(1 - similarity)], 1)
        prompt_half = torch.cat(
            [
                included,
                excluded,
                wide.painted(include),
                wide.painted(exclude),
                previous,
                similarity,
                largest_similarity(keys_half, clicked_keys, exclude),
                smallest_difference(coarse, clicked_image[..., 0:1], include),
                difference,
                smallest_difference(fine, clicked_image[..., 1:2], exclude),
                walk_chances(seeds, image_half) ** WALK_POWER,
                connectedness(seeds[:, 0:1], differences),
            ],
            1,
        )
        prompt_quarter = torch.cat(
            [
                largest_similarity(keys_quarter, clicked_quarter, include),
                largest_similarity(keys_quarter, clicked_quarter, exclude),
            ],
            1,
        )
        if self.silenced_maps:
            kept = torch.ones(1, HALF_MAPS, 1, 1, 1)
            kept[:, self.silenced_maps] = 0
            prompt_half = prompt_half * kept
            if set(SIMILARITY_MAPS) <= set(self.silenced_maps):
                prompt_quarter = torch.zeros_like(prompt_quarter)
        boxes = box_maps(box_coords, box_labels, half, 2)
        contrast = box_contrast(fine, boxes, box_coords, box_labels)
        return PromptMaps(prompt_half, prompt_quarter, torch.cat([boxes, contrast], 1))
