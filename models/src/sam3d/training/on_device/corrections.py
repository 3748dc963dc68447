"""Correction clicks in a whole batch at once, where the model is: as data/clicks.py makes them one by one."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.data.clicks import CARELESS_SHARE, SMALLEST_ERROR_VOXELS
from sam3d.model.connectedness import dilated

LARGEST_SHARE = 0.8  # of the clicks into the largest error, others into one of the largest three
LARGEST = 3
SPREADING_STEPS = 16  # of labels; each step also follows what its neighbours have found
DEEPEST_CELLS = 12  # deeper places count as equally deep
DEEP = 0.7  # of the error's depth


class Errors(NamedTuple):
    """At half resolution, m cells a side"""

    label: Tensor  # (B, m³) int64, as of components
    sizes: Tensor  # (B, 3) cells of the largest
    largest: Tensor  # (B, 3) their labels
    include: Tensor  # (B, m³) bool: what is there


class Corrections(NamedTuple):
    voxels: Tensor  # (B, 3) int64 (k, j, i)
    include: Tensor  # (B,) bool
    needed: Tensor  # (B,) bool: there was anything to correct
    component: Tensor  # (B, m³) bool: the error that was clicked into, at half resolution


def components(mask: Tensor) -> Tensor:
    """26-connected pieces; mask (B, m, m, m) bool → (B, m³) int64: the greatest cell number in each + 1,
    0 outside"""
    b, m = mask.shape[0], mask.shape[-1]
    inside = mask.flatten(1)
    label = torch.arange(1, m**3 + 1, device=mask.device) * inside
    for _ in range(SPREADING_STEPS):
        grid = label.reshape(b, 1, m, m, m).float()  # whole numbers below 2^24 are exact
        label = dilated(grid).long().flatten(1) * inside
        label = torch.gather(label, 1, (label - 1).clamp(min=0)) * inside
    return label


def depths(mask: Tensor) -> Tensor:
    """Cells to the border, at most DEEPEST_CELLS; (B, m, m, m) bool → float"""
    left = mask.float().unsqueeze(1)
    depth = left
    for step in range(DEEPEST_CELLS - 1):
        # cubes and octahedra in turn come close to balls
        left = shrunk_along_axes(left) if step % 2 else shrunk(left)
        depth = depth + left
    return depth.squeeze(1)


def shrunk(mask: Tensor) -> Tensor:
    """A cell stays whose neighbours are all in; (B, 1, m, m, m) of 0 and 1"""
    m = mask.shape[-1]
    outside = dilated(F.pad(1 - mask, [1] * 6, value=1.0))
    for axis in (2, 3, 4):
        outside = outside.narrow(axis, 1, m)
    return 1 - outside


def shrunk_along_axes(mask: Tensor) -> Tensor:
    """A cell stays whose six neighbours are all in; (B, 1, m, m, m) of 0 and 1"""
    around = F.pad(mask, [1] * 6)
    m = mask.shape[-1]
    kept = mask
    for axis in (2, 3, 4):
        middle = around
        for other in {2, 3, 4} - {axis}:
            middle = middle.narrow(other, 1, m)
        kept = torch.minimum(kept, torch.minimum(middle.narrow(axis, 0, m), middle.narrow(axis, 2, m)))
    return kept


def random_cells(mask: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """mask (B, N) bool → (B, count) cells of it, distinct where there are as many; any where it is empty"""
    chance = torch.rand(mask.shape, generator=generator, device=mask.device) + mask.float()
    return chance.topk(count, 1).indices


def errors_of(predicted: Tensor, target: Tensor) -> Errors:
    """predicted and target (B, n, n, n) bool"""
    label = components((predicted != target)[:, ::2, ::2, ::2])
    ones = torch.ones_like(label, dtype=torch.float32)
    sizes = torch.zeros_like(ones).scatter_add_(1, (label - 1).clamp(min=0), ones * (label > 0))
    size, cell = sizes.topk(LARGEST, 1)
    return Errors(label, size, cell + 1, target[:, ::2, ::2, ::2].flatten(1))


def correction_clicks(errors: Errors, generator: torch.Generator) -> Corrections:
    b, cells = errors.label.shape
    m = round(cells ** (1 / 3))
    draw = torch.rand((3, b), generator=generator, device=errors.label.device)
    rank = torch.where(draw[0] < LARGEST_SHARE, 0, (draw[1] * LARGEST).long())[:, None]
    rank = torch.where(errors.sizes.gather(1, rank) > 0, rank, 0)
    component = errors.label == errors.largest.gather(1, rank)
    depth = depths(component.reshape(b, m, m, m)).flatten(1)
    deep = component & (depth >= DEEP * depth.amax(1, keepdim=True))
    cell = random_cells(torch.where(draw[2, :, None] < CARELESS_SHARE, component, deep), 1, generator)
    return Corrections(
        voxels_of(cell, m).squeeze(1),
        errors.include.gather(1, cell).squeeze(1),
        errors.sizes[:, 0] >= SMALLEST_ERROR_VOXELS,
        component,
    )


def voxels_of(cells: Tensor, m: int) -> Tensor:
    """Numbers of cells at half resolution, any shape → (…, 3) voxels (k, j, i)"""
    return 2 * torch.stack([cells // (m * m), cells // m % m, cells % m], -1)
