"""The ways a case is played through; each returns Dice after 1, 2, … clicks."""

import zlib

import numpy as np

from sam3d.data.region import Region, finest_spacing_mm, snapped_region
from sam3d.data.region_image import Volume, region_cube

from .click_session import ClickSession
from .engine import OnnxEngine
from .metrics import dice
from .native_grid import covered_by, native_mask
from .region_growing import region_growing, without_noise
from .simulated_reader import GridClick, first_click, next_click
from .zoom import ZoomPolicy

CLICKS = 5


def opening_click(volume: Volume, truth: np.ndarray, case_id: str) -> GridClick:
    """The same for every method."""
    rng = np.random.default_rng(zlib.crc32(case_id.encode()))
    return first_click(truth, volume.spacing_mm, rng)


def true_zoom_region(policy: ZoomPolicy, volume: Volume, truth: np.ndarray, click: GridClick) -> Region:
    """The level from the truth's size, the place from the click."""
    voxels = np.argwhere(truth)
    side_mm = float(((voxels.max(0) - voxels.min(0) + 1) * volume.spacing_mm).max())
    return snapped_region(volume.to_mm(click.voxel), finest_spacing_mm(policy.fit_factor * side_mm))


def play_model(
    engine: OnnxEngine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str, true_zoom: bool
) -> list[float]:
    click: GridClick | None = opening_click(volume, truth, case_id)
    assert click is not None
    region = true_zoom_region(policy, volume, truth, click) if true_zoom else None
    session = ClickSession(engine, volume, policy, region)
    scores: list[float] = []
    for _ in range(CLICKS):
        if click is None:
            scores.append(scores[-1])
            continue
        mask = session.click(click)
        scores.append(dice(mask, truth))
        click = next_click(mask, truth, np.ones_like(truth), volume.spacing_mm)
    return scores


def play_region_growing(policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str) -> list[float]:
    """In the cube chosen from the truth: its favourable case."""
    click: GridClick | None = opening_click(volume, truth, case_id)
    assert click is not None
    region = true_zoom_region(policy, volume, truth, click)
    image, inside = region_cube(volume, region)
    smooth = without_noise(image)
    coords: list[np.ndarray] = []
    labels: list[float] = []
    scores: list[float] = []
    for _ in range(CLICKS):
        if click is None:
            scores.append(scores[-1])
            continue
        coords.append(region.to_voxel(volume.to_mm(click.voxel)))
        labels.append(float(click.include))
        grown = region_growing(smooth, np.array(coords), np.array(labels)) & inside
        mask = native_mask(np.where(grown, 1, -1).astype(np.float32), volume, region)
        scores.append(dice(mask, truth))
        click = next_click(mask, truth, covered_by(volume, region), volume.spacing_mm)
    return scores
