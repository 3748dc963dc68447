"""A grid of tokens cut into windows, and put together again."""

from torch import Tensor
from torch.nn import functional as F


def window_sides(grid: list[int], window: int) -> list[int]:
    """A grid smaller than a window is one window itself."""
    return [min(window, side) for side in grid]


def cut(x: Tensor, sides: list[int]) -> Tensor:
    """(B, d, h, w, C) → (B · windows, *sides, C); zeros fill the last windows, as in SAM"""
    b, *grid, c = (int(side) for side in x.shape)  # fixed when exported
    missing = [-length % side for length, side in zip(grid, sides, strict=True)]
    x = F.pad(x, (0, 0, 0, missing[2], 0, missing[1], 0, missing[0]))
    counts = window_counts(grid, sides)
    x = x.reshape(b, counts[0], sides[0], counts[1], sides[1], counts[2], sides[2], c)
    return x.permute(0, 1, 3, 5, 2, 4, 6, 7).reshape(-1, *sides, c)


def joined(windows: Tensor, grid: list[int]) -> Tensor:
    """(B · windows, *sides, C) → (B, *grid, C); inverse of cut"""
    _, *sides, c = (int(side) for side in windows.shape)
    counts = window_counts(grid, sides)
    x = windows.reshape(-1, *counts, *sides, c).permute(0, 1, 4, 2, 5, 3, 6, 7)
    x = x.reshape(-1, *(count * side for count, side in zip(counts, sides, strict=True)), c)
    return x[:, : grid[0], : grid[1], : grid[2]]


def window_counts(grid: list[int], sides: list[int]) -> list[int]:
    return [-(-length // side) for length, side in zip(grid, sides, strict=True)]
