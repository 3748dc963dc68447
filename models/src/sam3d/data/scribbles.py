"""Scribbles as a reader draws them: a stroke through a structure, or through an error, in one slice."""

import numpy as np

STEP_VOXELS = 2.0
MOST_POINTS = 24
WAYPOINTS = (2, 4)


def stroke(mask: np.ndarray, voxel: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Points of a stroke from a voxel (k, j, i) of the mask on, all in it → (m, 3) voxels (k, j, i)"""
    axis = int(rng.integers(3))
    seen = np.moveaxis(mask, axis, 0)[int(voxel[axis])]
    others = [a for a in range(3) if a != axis]
    places = np.argwhere(seen)
    turns = places[rng.integers(len(places), size=int(rng.integers(WAYPOINTS[0], WAYPOINTS[1])))]
    corners = np.concatenate([voxel[others][None], turns]).astype(np.float64)
    points = [corners[:1]]
    for start, end in zip(corners, corners[1:], strict=False):
        count = int(np.ceil(np.linalg.norm(end - start) / STEP_VOXELS))
        points.append(start + (end - start) * (np.arange(count) + 1)[:, None] / max(count, 1))
    drawn = np.round(np.concatenate(points)).astype(np.int64)
    drawn = drawn[seen[tuple(drawn.T)]][:MOST_POINTS]
    return np.insert(drawn, axis, int(voxel[axis]), axis=1)
