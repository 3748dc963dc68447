"""Homogeneous pieces of unlabelled volumes as targets: grown from a seed, then opened against leaks."""

import numpy as np
from scipy import ndimage

from .normalisation import clamped, value_range_of
from .procedural import deep_click
from .random_fields import blurred
from .region import CUBE
from .resample import CubeAxis, apply_weights, axis_weights, inside_cube
from .sample import RawSample
from .view import large_enough
from .volume_store import StoredVolume

MAX_FILL = 0.3
SPACING_RANGE_MM = (1.1, 4.5)
TOUCH_LIMIT = 0.02  # share of the cube's faces a piece may cover


def grown_piece(smooth: np.ndarray, seed: tuple[int, ...], tolerance: float, opening: int) -> np.ndarray:
    """The connected piece within tolerance of the seed's intensity → (n, n, n) bool"""
    near = np.abs(smooth - smooth[seed]) <= tolerance
    opened = ndimage.binary_erosion(near, iterations=opening) if opening else near
    labels, _ = ndimage.label(opened)
    if labels[seed] == 0:
        return np.zeros_like(near)
    piece = labels == labels[seed]
    if opening:
        piece = ndimage.binary_dilation(piece, iterations=opening) & near
    return ndimage.binary_closing(piece) | piece


def touches(piece: np.ndarray) -> float:
    faces = [piece[0], piece[-1], piece[:, 0], piece[:, -1], piece[:, :, 0], piece[:, :, -1]]
    return float(np.mean([face.mean() for face in faces]))


def pseudo_sample(volume: StoredVolume, cube: int, rng: np.random.Generator) -> RawSample | None:
    assert volume.image is not None
    spacing = float(np.exp(rng.uniform(*np.log(SPACING_RANGE_MM)))) * CUBE / cube
    centre = rng.uniform(0.2, 0.8, 3) * np.array(volume.shape)
    axes = [CubeAxis(c, spacing / s) for c, s in zip(centre, volume.spacing_mm, strict=True)]
    weights = [axis_weights(n, axis, cube) for n, axis in zip(volume.shape, axes, strict=True)]
    image = clamped(
        apply_weights(volume.image[tuple(w.source for w in weights)], weights),
        value_range_of(volume.modality),
    )
    inside = inside_cube(weights)
    smooth = blurred(image, 2)
    third = smooth[cube // 3 : 2 * cube // 3, cube // 3 : 2 * cube // 3, cube // 3 : 2 * cube // 3]
    contrast = float(np.clip(np.percentile(third, 90) - np.percentile(third, 10), 20, 300))
    for _ in range(3):
        seed = tuple(int(v) for v in rng.integers(cube // 2 - cube // 6, cube // 2 + cube // 6, 3))
        piece = grown_piece(smooth, seed, contrast * rng.uniform(0.1, 0.3), int(rng.integers(0, 3)))
        piece &= inside
        if piece.mean() < MAX_FILL and touches(piece) < TOUCH_LIMIT and large_enough(piece, True):
            return RawSample(image, inside, piece, deep_click(piece, rng), False, 0.0)
    return None
