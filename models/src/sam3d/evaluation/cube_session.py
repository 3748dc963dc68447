"""One segment from its first click on, by a method without a model, in one cube."""

from collections.abc import Callable

import numpy as np

from sam3d.data.region import Region
from sam3d.data.region_image import Volume

from .native_grid import native_mask
from .simulated_reader import GridClick

# coords (N, 3) voxel (i, j, k), labels (N,): 1 include, 0 exclude → (n, n, n), positive in the segment
Segment = Callable[[np.ndarray, np.ndarray], np.ndarray]


class CubeSession:
    def __init__(self, segment: Segment, volume: Volume, region: Region) -> None:
        self.segment, self.volume, self.region = segment, volume, region
        self.coords: list[np.ndarray] = []
        self.labels: list[float] = []

    def click(self, click: GridClick) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        self.coords.append(self.region.to_voxel(self.volume.to_mm(click.voxel)))
        self.labels.append(float(click.include))
        values = self.segment(np.array(self.coords), np.array(self.labels))
        return native_mask(values.astype(np.float32), self.volume, self.region)
