"""Scenes without any patient: a body with organs, nodules and vessels in CT-like intensities."""

import numpy as np
from scipy import ndimage

from .implicit_shapes import blob, coordinates, tube
from .lesions import with_lesion
from .random_fields import blurred, smooth_field, texture
from .sample import RawSample
from .view import FITTED_SHARE, draw_extent, draw_jitter, large_enough

WALL_SHARE = 0.2
CUP_SHARE = 0.5  # of the walls: open at one end


def draw_contrast(rng: np.random.Generator) -> float:
    """HU between neighbours: from barely visible to bone or air."""
    return float(rng.choice([-1, 1]) * np.exp(rng.uniform(np.log(12), np.log(250))))


def draw_shape(rng: np.random.Generator, cube: int, centre: np.ndarray, extent: float) -> np.ndarray:
    kind = rng.random()
    if kind < 0.2:
        return tube(rng, cube, centre, extent)
    level = blob(rng, cube, centre, extent, float(rng.uniform(0, 0.35)))
    if kind < 0.3:  # a second lobe
        offset = rng.standard_normal(3) * extent * 0.25
        level = np.minimum(level, blob(rng, cube, centre + offset, extent * 0.7, 0.1))
    elif kind < 0.38:  # a bite: concave organs
        offset = rng.standard_normal(3) * extent * 0.3
        level = np.maximum(level, -blob(rng, cube, centre + offset, extent * 0.6, 0.1))
    return level


def body(rng: np.random.Generator, cube: int, image: np.ndarray) -> None:
    """Air outside an ellipse along k, and a rim of fat: as the coarse level shows a torso."""
    torso = blob(rng, cube, rng.uniform(-0.15, 0.15, 3), float(rng.uniform(0.8, 1.6)), 0.05)
    image[torso > 0] = rng.uniform(-1000, -900)
    image[(torso <= 0) & (torso > -rng.uniform(0.03, 0.15))] = rng.uniform(-120, -80)


def half_space(rng: np.random.Generator, cube: int, through: np.ndarray) -> np.ndarray:
    """One side of a plane of random direction → (n, n, n) bool"""
    normal = rng.standard_normal(3).astype(np.float32)
    shifted = (axis - np.float32(c) for axis, c in zip(coordinates(cube), through, strict=True))
    return sum(n * axis for n, axis in zip(normal, shifted, strict=True)) < 0


def main_component(mask: np.ndarray) -> np.ndarray:
    labels, count = ndimage.label(mask)
    if count <= 1:
        return mask
    return labels == np.argmax(np.bincount(labels.ravel())[1:]) + 1


def deep_click(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A voxel (k, j, i) near the middle of the mask, looked for at half resolution."""
    coarse = mask[::2, ::2, ::2]
    if not coarse.any():
        voxels = np.argwhere(mask)
        return voxels[rng.integers(len(voxels))]
    low = np.array([s.start for s in ndimage.find_objects(coarse.astype(np.uint8))[0]])
    box = coarse[ndimage.find_objects(coarse.astype(np.uint8))[0]]
    depth = ndimage.distance_transform_edt(np.pad(box, 1))[1:-1, 1:-1, 1:-1]
    voxels = np.argwhere(depth >= 0.5 * depth.max())
    return (voxels[rng.integers(len(voxels))] + low) * 2


def procedural_sample(cube: int, rng: np.random.Generator) -> RawSample | None:
    background = rng.uniform(-20, 60)
    image = np.full((cube,) * 3, background, np.float32)
    if rng.random() < 0.5:
        body(rng, cube, image)
    fitted = bool(rng.random() < FITTED_SHARE)
    extent = draw_extent(rng, fitted)
    centre = draw_jitter(rng, fitted)
    for _ in range(int(rng.integers(1, 6))):  # neighbours
        other = draw_shape(rng, cube, rng.uniform(-0.5, 0.5, 3), float(rng.uniform(0.1, 0.6)))
        image[other < 0] = background + draw_contrast(rng)
    level = draw_shape(rng, cube, centre, extent)
    target = level < 0
    if rng.random() < WALL_SHARE:  # such as the myocardium
        target &= level > -rng.uniform(0.2, 0.5)
        if rng.random() < CUP_SHARE:
            target &= half_space(rng, cube, centre + rng.uniform(-0.3, 0.3) * extent)
    value = background + draw_contrast(rng)
    image[level < 0] = background + draw_contrast(rng)
    image[target] = value
    for _ in range(int(rng.integers(0, 3))):  # neighbours in front, touching it
        other = draw_shape(rng, cube, rng.uniform(-0.5, 0.5, 3), float(rng.uniform(0.1, 0.5))) < 0
        image[other] = value + draw_contrast(rng)
        target &= ~other
    target = main_component(target)
    if not large_enough(target, fitted):
        return None
    image = blurred(image, int(rng.integers(0, 3)))
    image += np.float32(np.exp(rng.uniform(np.log(2), np.log(40)))) * texture(rng, cube)
    image += np.float32(rng.uniform(0, 15)) * smooth_field(rng, cube, int(rng.integers(2, 8)))
    sample = RawSample(image, np.ones((cube,) * 3, bool), target, deep_click(target, rng), fitted, 0.0)
    if rng.random() < 0.3:
        sample = with_lesion(sample, rng) or sample
    return sample
