"""Ways to look at a volume again that leave what it shows as it is; the server does the same arithmetic
(domain/taskView.ts)."""

from dataclasses import dataclass, replace

import numpy as np

from sam3d.data.normalisation import normalise
from sam3d.data.region import Region
from sam3d.data.region_image import Volume, region_cube
from sam3d.data.sliding_window import Plan

STRIDE = 3  # voxels along each axis that tell the spread of the values
PERCENTILES = (1, 99)
HIGHEST_UNIT = 1.5  # beyond the 99th percentile values go on along the curve, to so many spreads
LEAST_SPREAD = 1e-3


@dataclass(frozen=True)
class TaskView:
    gamma: float = 1.0  # exponent of the grey values of a cube, between their 1st and 99th percentile
    zoom: float = 1.0  # voxels of the level are so many times as large as the plan says
    shift: float = 0.0  # share of a cube's edge by which cubes reach beyond the level's end; < 0: beginning


AS_IT_IS = TaskView()
COPIES = (
    AS_IT_IS,
    *(TaskView(gamma=gamma) for gamma in (1.3, 1 / 1.3)),
    *(TaskView(zoom=zoom) for zoom in (1.12, 1 / 1.12)),
    *(TaskView(shift=shift) for shift in (1 / 8, -1 / 8)),
)


def viewed_plan(plan: Plan, view: TaskView) -> Plan:
    return replace(plan, spacing_mm=plan.spacing_mm * view.zoom)


def shift_voxels(plan: Plan, view: TaskView) -> int:
    return round(view.shift * plan.cube_voxels)


def viewed_cube(cube: np.ndarray, inside: np.ndarray, view: TaskView) -> np.ndarray:
    """cube (n, n, n) of raw intensities, inside (n, n, n) bool → the cube in another contrast"""
    if view.gamma == 1:
        return cube
    sparse = (slice(None, None, STRIDE),) * 3
    seen = cube[sparse][inside[sparse]]
    if seen.size == 0:
        return cube
    low, high = np.percentile(seen.astype(np.float64), PERCENTILES)
    spread = max(high - low, LEAST_SPREAD)
    unit = np.clip((cube - low) / spread, 0, HIGHEST_UNIT)
    return (low + spread * unit**view.gamma).astype(np.float32)


def viewed_image(volume: Volume, region: Region, view: TaskView) -> np.ndarray:
    """→ (2, n, n, n) float32"""
    cube, inside = region_cube(volume, region)
    return normalise(viewed_cube(cube, inside, view), inside)
