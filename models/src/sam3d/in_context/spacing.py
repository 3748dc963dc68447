"""How closely a structure is looked at."""

import math

from sam3d.data.region import CUBE, SPACINGS_MM

from .settings import SETTINGS, LikenessSettings

LEVEL_STEP = math.sqrt(2)


def fitted_spacing_mm(side_mm: float, voxel_mm: float, settings: LikenessSettings = SETTINGS) -> float:
    """The finest level whose cube holds a structure so wide and whose voxels the images resolve. Levels go on
    below the model's finest: images of small structures may have finer voxels.

    side_mm: the structure's largest side; voxel_mm: the shortest side of the images' voxels
    """
    finest_mm = max(settings.fit_factor * side_mm / CUBE, settings.finest_voxel_share * voxel_mm)
    spacings_mm = list(SPACINGS_MM)
    while spacings_mm[-1] / LEVEL_STEP >= finest_mm:
        spacings_mm.append(spacings_mm[-1] / LEVEL_STEP)
    return min((one for one in spacings_mm if one >= finest_mm), default=max(spacings_mm))
