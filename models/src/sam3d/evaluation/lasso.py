"""Points of a lasso, as the server makes prompts of it."""

import numpy as np

from .stroke import MOST_POINTS

GRID = 24  # candidates across the outline
LEAST_DEPTH = 0.25  # of the greatest: nearer to the outline, a hand is not exact enough to say anything


def surrounded_points(outline_mm: np.ndarray, most: int = MOST_POINTS) -> np.ndarray:
    """outline_mm (m, 3) in or near one plane, closed → (n, 3) points that it surrounds, spread evenly, the
    deepest first; none where it has no area"""
    offsets = outline_mm - outline_mm[0]
    normal = np.cross(offsets, np.roll(offsets, -1, 0)).sum(0)  # Newell's
    length = float(np.linalg.norm(normal))
    if length == 0:
        return np.zeros((0, 3))
    axes = plane_axes(normal / length)
    outline = offsets @ axes.T
    candidates = grid_within(outline)
    candidates = candidates[surrounded(outline, candidates)]
    depth_mm = distance_mm(outline, candidates)
    order = np.argsort(-depth_mm, kind="stable")
    deep = candidates[order[depth_mm[order] >= LEAST_DEPTH * depth_mm.max(initial=0)]]
    step = max(1.0, len(deep) / most)
    places = np.arange(-1, len(deep)) / step
    chosen = np.diff(np.floor(places)) != 0
    return outline_mm[0] + deep[chosen] @ axes


def plane_axes(normal: np.ndarray) -> np.ndarray:
    """(3,) → (2, 3): two unit vectors in its plane"""
    helper = np.array([1.0, 0, 0] if abs(normal[0]) < 0.9 else [0, 1.0, 0])
    across = np.cross(normal, helper)
    across /= np.linalg.norm(across)
    return np.stack([across, np.cross(normal, across)])


def grid_within(outline: np.ndarray) -> np.ndarray:
    """outline (m, 2) → (GRID², 2), evenly in its bounding box"""
    low, side = outline.min(0), np.ptp(outline, 0)
    places = low + side * ((np.arange(GRID) + 0.5) / GRID)[:, None]
    return np.stack(np.meshgrid(places[:, 0], places[:, 1], indexing="ij"), 2).reshape(-1, 2)


def surrounded(outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """outline (m, 2), points (n, 2) → (n,) bool, by the winding number: a hand may go round twice"""
    start, end = outline[None], np.roll(outline, -1, 0)[None]
    a, b = points[:, :1], points[:, 1:]
    crosses = (start[..., 1] > b) != (end[..., 1] > b)
    rise = np.where(crosses, end[..., 1] - start[..., 1], 1)
    meets = start[..., 0] + (b - start[..., 1]) / rise * (end[..., 0] - start[..., 0])
    turn = np.where(start[..., 1] > b, 1, -1)
    return np.where(crosses & (a < meets), turn, 0).sum(1) != 0


def distance_mm(outline: np.ndarray, points: np.ndarray) -> np.ndarray:
    """outline (m, 2), points (n, 2) → (n,) to the nearest edge"""
    start, edge = outline[None], (np.roll(outline, -1, 0) - outline)[None]
    offset = points[:, None] - start
    squared = (edge**2).sum(2)
    share = np.clip((offset * edge).sum(2) / np.where(squared > 0, squared, 1), 0, 1)
    return np.linalg.norm(offset - share[..., None] * edge, axis=2).min(1)
