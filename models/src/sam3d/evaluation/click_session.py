"""One segment from its first click on, as the server predicts it."""

import numpy as np
from scipy import ndimage

from sam3d.data.clicks import CONNECT_26
from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume, region_image

from .engine import OnnxEngine
from .native_grid import native_mask
from .simulated_reader import GridClick
from .zoom import ZoomPolicy, start_region, target_region


def clicked_component(mask: np.ndarray, click_voxel: np.ndarray) -> np.ndarray | None:
    """The 26-connected component at the click (i, j, k), or else the nearest; None for an empty mask."""
    labels, count = ndimage.label(mask, CONNECT_26)
    if count == 0:
        return None
    k, j, i = np.clip(np.floor(click_voxel[::-1] + 0.5).astype(int), 0, CUBE - 1)
    if labels[k, j, i] == 0:
        voxels = np.argwhere(mask)
        k, j, i = voxels[((voxels - click_voxel[::-1]) ** 2).sum(1).argmin()]
    return labels == labels[k, j, i]


class ClickSession:
    """region fixes the cube beforehand; without it the policy chooses it at the first click."""

    def __init__(
        self, engine: OnnxEngine, volume: Volume, policy: ZoomPolicy, region: Region | None = None
    ) -> None:
        self.engine, self.volume, self.policy = engine, volume, policy
        self.coords_mm: list[np.ndarray] = []
        self.labels: list[float] = []
        self.logits: np.ndarray | None = None
        self.region = region
        if region is not None:
            self.embeddings = engine.encode(region_image(volume, region))

    def enter(self, region: Region) -> None:
        self.region = region
        self.embeddings = self.engine.encode(region_image(self.volume, region))

    def decode(self, previous: np.ndarray | None) -> np.ndarray:
        assert self.region is not None
        coords = self.region.to_voxel(np.array(self.coords_mm))
        return self.engine.decode(self.embeddings, coords, np.array(self.labels), previous)

    def click(self, click: GridClick) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        self.coords_mm.append(self.volume.to_mm(click.voxel))
        self.labels.append(float(click.include))
        if self.region is None:
            self.zoom_in()
        self.logits = self.decode(self.logits)
        assert self.region is not None
        return native_mask(self.logits, self.volume, self.region)

    def zoom_in(self) -> None:
        """Leaves the session in the region that the first click's mask is to be decoded in."""
        click_mm = self.coords_mm[0]
        start = start_region(self.volume.extent_mm, click_mm)
        self.enter(start)
        component = clicked_component(self.decode(None) > 0, start.to_voxel(click_mm))
        if component is None:
            return
        voxels = np.argwhere(component)[:, ::-1]  # (m, 3) as (i, j, k)
        target = target_region(self.policy, start, voxels.min(0), voxels.max(0), click_mm)
        if target != start:
            self.enter(target)
