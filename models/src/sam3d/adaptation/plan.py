"""How closely a task is looked at: as finely as its structures fit into the cube, as the images show, and as
servers have room for."""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from sam3d.data.region import SPACINGS_MM, finest_spacing_mm
from sam3d.data.sliding_window import Plan, can_be_served

from .cases import TaskCase
from .views import COPIES, viewed_plan

FINEST_CELLS = 1.5  # along the shortest side of the images' voxels
CLOSEST = min(COPIES, key=lambda view: view.zoom)  # of the looks that series are ranked by


def extent_mm(case: TaskCase) -> float:
    """Largest side of the box around all classes; 0 of none"""
    boxes = ndimage.find_objects((case.labels > 0).astype(np.uint8))
    if not boxes:
        return 0.0
    sides = [(part.stop - part.start) for part in boxes[0]]
    return float((sides * case.volume.spacing_mm).max())


def plan_of(cases: Sequence[TaskCase]) -> Plan:
    """Of one of the base's spacings; cases of which one at least shows a class"""
    # A case without any of the classes says nothing of their size.
    extents_mm = [extent for extent in map(extent_mm, cases) if extent > 0]
    wanted = finest_spacing_mm(float(np.median(extents_mm)))
    voxel_mm = float(np.median([case.volume.spacing_mm.min() for case in cases]))
    resolved = [spacing for spacing in SPACINGS_MM if spacing * FINEST_CELLS >= voxel_mm]
    finest = max(wanted, min(resolved, default=max(SPACINGS_MM)))
    channels = 1 + max(int(case.labels.max(initial=0)) for case in cases)
    plans = [Plan(spacing) for spacing in SPACINGS_MM if spacing >= finest]
    served = [
        plan
        for plan in plans
        if all(can_be_served(case.volume, viewed_plan(plan, CLOSEST), channels) for case in cases)
    ]
    return min(served, key=lambda plan: plan.spacing_mm, default=Plan(max(SPACINGS_MM)))
