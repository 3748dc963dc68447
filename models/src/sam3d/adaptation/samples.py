"""Cubes to learn from: around a class or anywhere, turned, bent and recoloured a little."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sam3d.data.normalisation import normalise
from sam3d.data.random_fields import blurred, smooth_field, texture
from sam3d.data.warp import MARGIN, Warp, draw_warp

from .level_case import LevelCase
from .synthesis import resynthesised

CLASS_CENTRED_SHARE = 0.7
JITTER = 1 / 8  # of the cube, about a class or about the middle of a volume that fits into the cube
WARP_SHARE = 0.7
LARGEST_SCALING = 0.12
NOISE = (0.005, 0.06)  # × the spread of the intensities


class TaskSample(NamedTuple):
    image: np.ndarray  # (2, n, n, n) float32, normalised
    labels: np.ndarray  # (n, n, n) int64
    inside: np.ndarray  # (n, n, n) bool: in the volume
    known: np.ndarray  # (n, n, n) bool: of these, where the labels say what is there


def draw_sample(
    cases: Sequence[LevelCase], cube: int, rng: np.random.Generator, synthesis_share: float = 0.0
) -> TaskSample:
    case = cases[rng.integers(len(cases))]
    centre = draw_centre(case, cube, rng)
    warped = rng.random() < WARP_SHARE
    size = 2 * round(cube * (0.5 + MARGIN)) if warped else cube
    low = np.floor(centre - size / 2 + 0.5).astype(int)
    image, labels = (cut_out(array, low, size) for array in (case.image, case.labels))
    masks = [cut_out(np.ones(case.labels.shape, bool), low, size)]
    if case.known is not None:
        masks.append(cut_out(case.known, low, size))
    if warped:
        image, labels, masks = warped_arrays(image, labels, masks, cube, rng)
    inside, known = masks[0], masks[-1]
    if case.known is not None:
        labels = np.where(known, labels, 0).astype(labels.dtype)
    if synthesis_share > 0 and rng.random() < synthesis_share:
        image = resynthesised(image, labels, cases[rng.integers(len(cases))], rng)
    image = normalise(recoloured(image, inside, rng), inside)
    return TaskSample(image, labels.astype(np.int64), inside, known)


def draw_centre(case: LevelCase, cube: int, rng: np.random.Generator) -> np.ndarray:
    """(3,) k, j, i; as the cubes of a sliding window lie: in the volume where it is larger, about its middle
    where it is smaller"""
    shape = np.array(case.labels.shape)
    if case.points and rng.random() < CLASS_CENTRED_SHARE:
        points = case.points[int(rng.choice(list(case.points)))]
        centre = points[rng.integers(len(points))] + rng.uniform(-JITTER, JITTER, 3) * cube
    else:
        centre = rng.uniform(0, shape)
    middle = shape / 2
    reach = np.maximum(middle - cube / 2, JITTER * cube)
    return np.clip(centre, middle - reach, middle + reach)


def cut_out(array: np.ndarray, low: np.ndarray, size: int) -> np.ndarray:
    """→ (size, size, size), what lies beyond is 0"""
    result = np.zeros((size,) * 3, array.dtype)
    source = tuple(slice(max(0, at), max(0, at + size)) for at in low)
    part = array[source]
    target = tuple(slice(max(0, -at), max(0, -at) + n) for at, n in zip(low, part.shape, strict=True))
    result[target] = part
    return result


def warped_arrays(
    image: np.ndarray, labels: np.ndarray, masks: list[np.ndarray], cube: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """(m, m, m) each → (cube, cube, cube)"""
    middle = np.float32((image.shape[0] - 1) / 2)
    scale = np.float32(np.exp(rng.uniform(-LARGEST_SCALING, LARGEST_SCALING)))
    warp = draw_warp(rng, cube, image.shape[0])
    warp = Warp(middle + (warp.source - middle) * scale)
    values = np.unique(labels)
    moved_image, *moved = warp.moved([image, *masks, *(labels == value for value in values)])
    shares = moved[len(masks) :]
    return moved_image, values[np.argmax(shares, 0)], [mask > 0.5 for mask in moved[: len(masks)]]


def recoloured(image: np.ndarray, inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Another contrast, bias field, noise and blur, as of another scanner"""
    values = image[::3, ::3, ::3][inside[::3, ::3, ::3]]
    if values.size == 0:
        return image
    low, high = np.percentile(values, (1, 99))
    spread = max(float(high - low), 1e-3)
    n = image.shape[0]
    if rng.random() < 0.3:
        unit = np.clip((image - low) / spread, 0, 1.5)
        image = low + spread * unit ** np.float32(np.exp(rng.uniform(-0.4, 0.4)))
    if rng.random() < 0.2:
        image = blurred(image, 1)
    if rng.random() < 0.3:
        image = image + np.float32(spread * rng.uniform(0.02, 0.15)) * smooth_field(rng, n, 2)
    if rng.random() < 0.4:
        deviation = spread * np.exp(rng.uniform(*np.log(NOISE)))
        image = image + np.float32(deviation) * texture(rng, n)
    return np.asarray(image, np.float32)
