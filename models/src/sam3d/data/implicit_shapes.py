"""Random solid shapes as level sets: value < 0 inside."""

import numpy as np

from .random_fields import smooth_field


def coordinates(cube: int) -> list[np.ndarray]:
    """Voxel centres in units of the cube's side, from -0.5 to 0.5, broadcastable"""
    axis = ((np.arange(cube) + 0.5) / cube - 0.5).astype(np.float32)
    return [axis[:, None, None], axis[None, :, None], axis[None, None, :]]


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    q, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    return q.astype(np.float32)


def blob(
    rng: np.random.Generator, cube: int, centre: np.ndarray, extent: float, roughness: float
) -> np.ndarray:
    """A rotated ellipsoid with a wavy surface; extent = largest diameter / cube side → (n, n, n)"""
    radii = extent / 2 * np.array([1.0, rng.uniform(0.45, 1), rng.uniform(0.45, 1)], np.float32)
    rotation = random_rotation(rng)
    shifted = [axis - np.float32(c) for axis, c in zip(coordinates(cube), centre, strict=True)]
    squared = np.zeros((cube,) * 3, np.float32)
    for row, radius in zip(rotation, radii, strict=True):
        squared += ((row[0] * shifted[0] + row[1] * shifted[1] + row[2] * shifted[2]) / radius) ** 2
    level = np.sqrt(squared) - 1
    if roughness > 0:
        cells = int(np.clip(round(rng.uniform(1.5, 4) / max(extent, 0.1)), 2, 14))
        level += np.float32(roughness) * smooth_field(rng, cube, cells)
    return level


def tube(rng: np.random.Generator, cube: int, start: np.ndarray, extent: float) -> np.ndarray:
    """A bent tube through start: vessel, bowel, ureter → (n, n, n)"""
    radius = extent * rng.uniform(0.04, 0.14)
    heading = rng.standard_normal(3)
    heading /= np.linalg.norm(heading)
    bend = rng.standard_normal(3) * rng.uniform(0.1, 0.6)
    t = np.linspace(-0.5, 0.5, 14)[:, None] * extent
    points = start + t * heading + bend * t**2 / max(extent, 0.05)
    grid = coordinates(cube)
    nearest = np.full((cube,) * 3, np.inf, np.float32)
    for point in points.astype(np.float32):
        distance = sum((axis - c) ** 2 for axis, c in zip(grid, point, strict=True))
        np.minimum(nearest, distance, out=nearest)
    # 14 spheres overlap where the radius is over half their distance
    return np.sqrt(nearest) / np.float32(max(radius, extent / 20)) - 1
