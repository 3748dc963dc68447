"""What an earlier look may have found of an object: its mask, coarser, shifted, cut or spread; or something
else that the click lies in."""

import numpy as np

from .implicit_shapes import blob, coordinates
from .random_fields import blurred, smooth_field

HINT_SHARE = 0.6  # of the fitted views
CUT_SHARE = 0.25
MISTAKEN_SHARE = 0.25  # of the looks: as if the cube had been fitted to something else
MISTAKEN_EXTENT = (0.36, 0.78)  # its largest side / cube's side
MISTAKEN_WARP = 0.3
MASK_CONFIDENCE = 6.0  # logits the model is told for a mask whose own logits are of another region


def degraded(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray | None:
    """(n, n, n) bool → same; None where nothing is left of it"""
    n = mask.shape[0]
    level = blurred(mask, int(rng.integers(1, 6)))
    level += np.float32(rng.uniform(0, 0.25)) * smooth_field(rng, n, int(rng.integers(4, 13))) * (level > 0)
    if rng.random() < CUT_SHARE:
        voxels = np.argwhere(mask)
        through = voxels[rng.integers(len(voxels))] / n - 0.5
        normal = rng.standard_normal(3)
        k, j, i = coordinates(n)
        level[
            (k - through[0]) * normal[0] + (j - through[1]) * normal[1] + (i - through[2]) * normal[2] > 0
        ] = 0
    hint = level > rng.uniform(0.2, 0.7)
    return hint if hint.any() else None


def mistaken(click: np.ndarray, cube: int, rng: np.random.Generator) -> np.ndarray:
    """click (3,) voxel (k, j, i) → (cube, cube, cube) bool: some shape about it"""
    extent = float(rng.uniform(*MISTAKEN_EXTENT))
    centre = click / cube - 0.5 + rng.uniform(-extent, extent, 3) / 4
    return blob(rng, cube, centre, extent, float(rng.uniform(0, MISTAKEN_WARP))) < 0
