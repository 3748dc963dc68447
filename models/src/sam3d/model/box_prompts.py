"""Boxes drawn around a structure → what lies in them, and what is therefore known to be background."""

import torch
from torch import Tensor

BOX_MAPS = 2
SOLID_BOX = 0.0  # limits the structure along all axes
PADDING = -1.0
# 1, 2 and 3: a box drawn in one slice, perpendicular to the axis i, j or k, along which the structure goes on


def covered_cells(low: Tensor, high: Tensor, grid: int, step: int) -> Tensor:
    """Share of each cell's side that lies between two faces; low and high (B, M) voxels → (B, M, grid)"""
    edges = torch.arange(grid + 1, dtype=low.dtype, device=low.device) * step - 0.5
    start = torch.maximum(low.unsqueeze(-1), edges[:-1])
    end = torch.minimum(high.unsqueeze(-1), edges[1:])
    return ((end - start) / step).clamp(min=0)


def along(cells: Tensor, axis: int) -> Tensor:
    """(B, M, n) along the axis i, j or k (0, 1, 2) → broadcastable to (B, M, n, n, n), in k-j-i"""
    shape = [cells.shape[0], cells.shape[1], 1, 1, 1]
    shape[4 - axis] = cells.shape[2]
    return cells.reshape(shape)


def box_maps(box_coords: Tensor, box_labels: Tensor, grid: int, step: int) -> Tensor:
    """box_coords (B, M, 6): i, j, k of the low, then of the high faces, as voxel indices of the cube (a voxel
    m reaches from m - 0.5 to m + 0.5); box_labels (B, M): SOLID_BOX, 1 to 3 in a slice, or PADDING
    → (B, 2, grid, grid, grid): in a box, and known not to be of the structure; 0 to 1
    """
    given = (box_labels > -0.5).to(box_coords.dtype)[..., None, None, None]
    inside = outside_of = across = given
    for axis in range(3):
        cells = along(covered_cells(box_coords[..., axis], box_coords[..., axis + 3], grid, step), axis)
        limits = ((box_labels - (axis + 1)).abs() > 0.5).to(cells.dtype)[..., None, None, None]
        inside = inside * cells
        outside_of = outside_of * (cells * limits + (1 - limits))
        across = across * (cells * (1 - limits) + limits)
    inside = inside.amax(1, keepdim=True)
    outside = torch.minimum((across * (1 - outside_of)).amax(1, keepdim=True), 1 - inside)
    return torch.cat([inside, outside], 1)
