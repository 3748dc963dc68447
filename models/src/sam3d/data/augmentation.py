"""Random changes of a raw sample that leave its meaning as it is."""

import numpy as np

from .random_fields import blurred, smooth_field, texture
from .sample import RawSample

REMAPPED_SHARE = 0.2


def flipped(sample: RawSample, rng: np.random.Generator) -> RawSample:
    """Mirrored axes, and now and then exchanged ones."""
    n = sample.target.shape[0]
    axes = tuple(rng.permutation(3)) if rng.random() < 0.3 else (0, 1, 2)
    flips = [axis for axis in range(3) if rng.random() < 0.5]
    click = sample.click[list(axes)].copy()
    click[flips] = n - 1 - click[flips]
    arrays = (np.flip(a.transpose(axes), flips) for a in sample[:3])
    image, inside, target = (np.ascontiguousarray(a) for a in arrays)
    return sample._replace(image=image, inside=inside, target=target, click=click)


def thick_slices(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Averages along one axis and interpolates back, as low through-plane resolution does."""
    axis, factor, n = int(rng.integers(3)), int(rng.integers(2, 6)), image.shape[0]
    count = n // factor
    moved = np.moveaxis(image, axis, 0)
    thick = moved[: count * factor].reshape(count, factor, n, n).mean(1)
    position = np.clip((np.arange(n) + 0.5) / factor - 0.5, 0, count - 1)
    low = np.minimum(position.astype(int), count - 2)
    fraction = (position - low).astype(np.float32)[:, None, None]
    return np.moveaxis(thick[low] * (1 - fraction) + thick[low + 1] * fraction, 0, axis)


def remapped(image: np.ndarray, low: float, high: float, rng: np.random.Generator) -> np.ndarray:
    """Intensities along a random curve, which may fall in places: what was brighter may become darker, as
    between two MR sequences. image any shape → same shape, values beyond low and high are clipped"""
    knots = np.linspace(low, high, int(rng.integers(4, 8)))
    straight = np.linspace(0, 1, len(knots))
    unit = straight + rng.uniform(0.3, 1) * (rng.uniform(0, 1, len(knots)) - straight)
    return np.interp(image, knots, low + (high - low) * unit).astype(np.float32)


def recoloured(sample: RawSample, rng: np.random.Generator) -> RawSample:
    """Intensity changes: curve, gamma, inversion, bias field, noise, blur, thick slices."""
    image, inside = sample.image, sample.inside
    n = image.shape[0]
    values = image[::3, ::3, ::3][inside[::3, ::3, ::3]]
    if values.size == 0:
        return sample
    low, high = np.percentile(values, (1, 99))
    scale = max(float(high - low), 1e-3)
    if rng.random() < REMAPPED_SHARE:
        image = remapped(image, float(low), float(low) + scale, rng)
    if rng.random() < 0.25:
        unit = np.clip((image - low) / scale, 0, 1.5)
        image = low + scale * unit ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    if rng.random() < 0.15:
        image = low + high - image
    if rng.random() < 0.2:
        image = blurred(image, int(rng.integers(1, 3)))
    if rng.random() < 0.2:
        image = thick_slices(image, rng)
    if rng.random() < 0.2:
        image = image + np.float32(scale * rng.uniform(0.02, 0.15)) * smooth_field(rng, n, 2)
    if rng.random() < 0.35:
        image = image + np.float32(scale * np.exp(rng.uniform(np.log(0.005), np.log(0.08)))) * texture(rng, n)
    return sample._replace(image=np.ascontiguousarray(image, np.float32))
