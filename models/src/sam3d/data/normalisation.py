"""Intensity windows of an image cube. The server's TypeScript does the same arithmetic, in float64."""

from dataclasses import dataclass

import numpy as np

HALF_WIDTH_FLOOR = 1e-6
OUTSIDE = -1.0
ValueRange = tuple[float, float]
# Beyond lie metal, and padding about the field of view, which would take contrast from organs.
HOUNSFIELD_WINDOW: ValueRange = (-1000.0, 1000.0)


@dataclass(frozen=True)
class Window:
    """Percentiles of the in-volume voxels → a linear map onto [-1, 1], clipped."""

    percentiles: tuple[float, float]
    stride: int  # every stride-th voxel of the cube's flat k-j-i order is looked at
    central_third: bool
    widen: float  # factor on the half-width


WINDOWS = (
    Window((0.5, 99.5), stride=7, central_third=False, widen=1.0),
    Window((5.0, 95.0), stride=1, central_third=True, widen=1.6),
)


def central_third(shape: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(slice(n // 3, 2 * n // 3) for n in shape)


def window_samples(window: Window, cube: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """In-volume values the window is measured on; cube and inside (n, n, n) → (m,)"""
    if window.central_third:
        third = central_third(cube.shape)
        cube, inside = cube[third], inside[third]
    values, chosen = cube.reshape(-1)[:: window.stride], inside.reshape(-1)[:: window.stride]
    return values[chosen]


def value_range_of(modality: str) -> ValueRange | None:
    """That models are shown of a volume's intensities; None: all. modality: as the manifest names it"""
    return HOUNSFIELD_WINDOW if modality.split()[0] == "CT" else None


def clamped(values: np.ndarray, value_range: ValueRange | None) -> np.ndarray:
    return values if value_range is None else np.clip(values, *value_range)


def normalise(cube: np.ndarray, inside: np.ndarray, value_range: ValueRange | None = None) -> np.ndarray:
    """cube (n, n, n) of raw intensities, which are clamped to the range; inside (n, n, n) bool
    → (2, n, n, n) float32 in [-1, 1]"""
    cube = clamped(cube, value_range)
    channels = np.full((len(WINDOWS), *cube.shape), OUTSIDE, np.float32)
    for window, channel in zip(WINDOWS, channels, strict=True):
        samples = window_samples(window, cube, inside)
        if samples.size == 0:
            window = WINDOWS[0]
            samples = window_samples(window, cube, inside)
        if samples.size == 0:
            continue
        low, high = np.percentile(samples.astype(np.float64), window.percentiles)
        centre = (low + high) / 2
        half_width = max((high - low) / 2 * window.widen, HALF_WIDTH_FLOOR)
        scaled = (cube.astype(np.float64) - centre) / half_width
        channel[inside] = np.clip(scaled, -1, 1)[inside]
    return channels
