"""Nodules painted into the organ a sample shows; the nodule becomes the target."""

import numpy as np
from scipy import ndimage

from .implicit_shapes import blob
from .random_fields import blurred
from .sample import RawSample


def with_lesion(sample: RawSample, rng: np.random.Generator) -> RawSample | None:
    """None where the organ has no room for one."""
    n = sample.target.shape[0]
    coarse = sample.target[::2, ::2, ::2]
    depth = ndimage.distance_transform_edt(coarse) * 2  # voxels
    room = np.argwhere(depth >= max(3.0, 0.4 * float(depth.max())))
    if len(room) == 0 or depth.max() < 4:
        return None
    centre = room[rng.integers(len(room))] * 2
    deepest = float(depth[tuple(centre // 2)])
    extent = float(rng.uniform(0.7, 2.0)) * deepest / n
    lesion = blob(rng, n, (centre + 0.5) / n - 0.5, extent, float(rng.uniform(0, 0.25))) < 0
    lesion &= sample.target
    if lesion.sum() < 30 or not lesion[tuple(centre)]:
        return None
    organ = sample.image[sample.target & ~lesion]
    spread = float(organ.std()) if organ.size else 10.0
    contrast = rng.choice([-1, 1]) * spread * rng.uniform(0.8, 3.5)
    image = sample.image + blurred(lesion * np.float32(contrast), int(rng.integers(1, 3)))
    return sample._replace(image=image, target=lesion, click=centre, fitted=False, outside_voxels=0.0)
