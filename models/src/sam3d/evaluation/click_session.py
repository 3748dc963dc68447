"""One segment from its first click on, as the server predicts it."""

import numpy as np

from sam3d.data.region import CUBE, SPACINGS_MM, Region, snapped_region
from sam3d.data.region_image import Volume, region_image

from .components import components_holding, nearest_component
from .engine import OnnxEngine
from .native_grid import MASK_CONFIDENCE, covered_by, mask_logits, native_mask
from .simulated_reader import GridClick
from .zoom import ZoomPolicy, start_region, target_region

VIEW_BORDER_VOXELS = 4  # a click nearer to the region's border is looked at in a region of its own


class ClickSession:
    """region fixes the first cube beforehand; without it the policy chooses it at the first click."""

    def __init__(
        self, engine: OnnxEngine, volume: Volume, policy: ZoomPolicy, region: Region | None = None
    ) -> None:
        self.engine, self.volume, self.policy = engine, volume, policy
        self.clicks: list[GridClick] = []
        self.mask = np.zeros(volume.voxels.shape, bool)
        self.logits: np.ndarray | None = None
        self.region = region
        if region is not None:
            self.enter(region)

    def enter(self, region: Region) -> None:
        self.region = region
        self.embeddings = self.engine.encode(region_image(self.volume, region))

    def decode(self, region: Region, previous: np.ndarray | None) -> np.ndarray:
        coords = region.to_voxel(np.array([self.volume.to_mm(click.voxel) for click in self.clicks]))
        labels = np.array([float(click.include) for click in self.clicks])
        return self.engine.decode(self.embeddings, coords, labels, previous)

    def click(self, click: GridClick) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        self.clicks.append(click)
        region = self.view_of(self.volume.to_mm(click.voxel))
        self.logits = self.decode(region, self.logits)
        answered = native_mask(self.logits, self.volume, region)
        merged = np.where(covered_by(self.volume, region), answered, self.mask)
        included = [click.voxel for click in self.clicks if click.include]
        self.mask = components_holding(merged, included)
        return self.mask

    def view_of(self, click_mm: np.ndarray) -> Region:
        """The region that the newest click is decoded in; enters it."""
        if self.region is None:
            region = self.found_region(click_mm)
            if region != self.region:
                self.enter(region)
            return region
        voxel = self.region.to_voxel(click_mm)
        if np.all(voxel >= VIEW_BORDER_VOXELS) and np.all(voxel <= CUBE - 1 - VIEW_BORDER_VOXELS):
            return self.region
        region = snapped_region(click_mm, self.region.spacing_mm)
        overlaps = bool((self.mask & covered_by(self.volume, region)).any())
        self.logits = mask_logits(self.mask, self.volume, region, MASK_CONFIDENCE) if overlaps else None
        self.enter(region)
        return region

    def found_region(self, click_mm: np.ndarray) -> Region:
        """Coarse to fine: where the first click's structure is looked at closely."""
        start = start_region(self.volume.extent_mm, click_mm)
        self.enter(start)
        component = nearest_component(self.decode(start, None) > 0, start.to_voxel(click_mm)[::-1])
        if component is None:
            return snapped_region(click_mm, min(SPACINGS_MM))
        voxels = np.argwhere(component)[:, ::-1]  # (m, 3) as (i, j, k)
        return target_region(self.policy, start, voxels.min(0), voxels.max(0), click_mm)
