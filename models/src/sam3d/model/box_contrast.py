"""What the intensities in a box say: which of them are usual in it, and not around it.

A click shows what its structure looks like, a box alone does not. Histograms of the box and of what it rules
out (as GrabCut compares colours, Rother et al. 2004); nothing here is learned, and no gradient flows.
"""

import torch
from torch import Tensor

from .box_prompts import box_maps

CONTRAST_MAPS = 2
BINS = 24
PSEUDO_COUNT = 1e-3  # share of a histogram: intensities that occur nowhere speak for nothing
CORE = 0.5  # of the box's sides: mostly the structure itself


def core_of(box_coords: Tensor) -> Tensor:
    """(B, M, 6) → same, about the same middles"""
    low, high = box_coords[..., :3], box_coords[..., 3:]
    middle, half = (low + high) / 2, (high - low) * (CORE / 2)
    return torch.cat([middle - half, middle + half], -1)


@torch.no_grad()
def box_contrast(image: Tensor, boxes: Tensor, box_coords: Tensor, box_labels: Tensor) -> Tensor:
    """image (B, 1, n, n, n) in [-1, 1], boxes (B, 2, n, n, n) as of box_maps, the others as there
    → (B, 2, n, n, n): chance of an intensity to be the box's rather than its surroundings', and to be its
    core's; 0 without a box
    """
    b, grid = image.shape[0], image.shape[-1]
    centres = torch.linspace(-1, 1, BINS, dtype=image.dtype, device=image.device).reshape(1, BINS, 1)
    distance = (image.flatten(2) - centres).abs() * ((BINS - 1) / 2)
    membership = (1 - distance).clamp(min=0)  # (B, bins, n³), linear between neighbouring bins
    core = box_maps(core_of(box_coords), box_labels, grid, 2)[:, 0:1]
    areas = torch.cat([boxes, core], 1).flatten(2)  # (B, 3, n³): box, around, core
    counts = areas @ membership.transpose(1, 2)  # (B, 3, bins)
    shares = counts / (areas.sum(2, keepdim=True) + 1e-6) + PSEUDO_COUNT
    inside, around = shares[:, 0::2], shares[:, 1:2]
    chances = (inside / (inside + around)) @ membership  # (B, 2, n³)
    given = (box_labels.amax(1) > -0.5).to(image.dtype).reshape(b, 1, 1)
    return (chances * given).reshape(b, CONTRAST_MAPS, grid, grid, grid)
