"""One segment from its first click on, as the server predicts it."""

from typing import NamedTuple

import numpy as np

from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.data.region import CUBE, SPACINGS_MM, Region, snapped_region
from sam3d.data.region_image import Volume, region_image

from .components import components_holding, nearest_component
from .engine import OnnxEngine, Tensors
from .native_grid import covered_by, mask_logits, native_mask
from .simulated_reader import GridClick
from .zoom import ZoomPolicy, fitted_region, look_regions

VIEW_BORDER_VOXELS = 3  # a click nearer to the region's border is looked at in a region of its own
SURE_IOU = 0.4  # an answer of which the model expects as much is not questioned
TRUST_MARGIN = 0.05  # another look has to promise so much more IoU than the view that the reader corrects


class View(NamedTuple):
    region: Region
    embeddings: Tensors


class Answer(NamedTuple):
    view: View
    logits: np.ndarray  # (n, n, n)
    expected_iou: float


class ClickSession:
    """region fixes the cube beforehand; without it the policy chooses."""

    def __init__(
        self, engine: OnnxEngine, volume: Volume, policy: ZoomPolicy, region: Region | None = None
    ) -> None:
        self.engine, self.volume, self.policy, self.fixed = engine, volume, policy, region
        self.clicks: list[GridClick] = []
        self.mask = np.zeros(volume.voxels.shape, bool)
        self.answer: Answer | None = None

    def view_of(self, region: Region) -> View:
        return View(region, self.engine.encode(region_image(self.volume, region)))

    def decoded(self, view: View, previous: np.ndarray | None) -> Answer:
        coords, labels = self.clicks_in(view.region)
        return Answer(view, *self.engine.decode(view.embeddings, coords, labels, previous))

    def clicks_in(self, region: Region) -> tuple[np.ndarray, np.ndarray]:
        """→ (N, 3) voxel (i, j, k), and (N,): 1 include, 0 exclude"""
        coords = region.to_voxel(np.array([self.volume.to_mm(click.voxel) for click in self.clicks]))
        return coords, np.array([float(click.include) for click in self.clicks])

    def refined(self, answer: Answer) -> Answer:
        coords, labels = self.clicks_in(answer.view.region)
        embeddings = answer.view.embeddings
        return answer._replace(logits=self.engine.refined(embeddings, answer.logits, coords, labels))

    def known_logits(self, mask: np.ndarray, region: Region) -> np.ndarray | None:
        """What the model is told of a mask (K, J, I) in a region that it has not answered in"""
        overlaps = bool((mask & covered_by(self.volume, region)).any())
        return mask_logits(mask, self.volume, region, MASK_CONFIDENCE) if overlaps else None

    def click(self, click: GridClick) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        self.clicks.append(click)
        click_mm = self.volume.to_mm(click.voxel)
        if self.answer is None:
            first = self.fixed
            self.answer = self.found(click_mm) if first is None else self.decoded(self.view_of(first), None)
        else:
            self.answer = self.seen_again(self.answer, click_mm)
            if self.fixed is None and click.include != self.mask[tuple(click.voxel)]:
                self.answer = self.reconsidered(self.answer, click, click_mm)
        self.answer = self.refined(self.answer)
        region = self.answer.view.region
        answered = native_mask(self.answer.logits, self.volume, region)
        merged = np.where(covered_by(self.volume, region), answered, self.mask)
        self.mask = components_holding(merged, [c.voxel for c in self.clicks if c.include])
        return self.mask

    def seen_again(self, answer: Answer, click_mm: np.ndarray) -> Answer:
        """In the same region where it shows the click, else in one about the click."""
        region = answer.view.region
        if well_inside(region, click_mm):
            return self.decoded(answer.view, answer.logits)
        there = snapped_region(click_mm, region.spacing_mm)
        return self.decoded(self.view_of(there), self.known_logits(self.mask, there))

    def found(self, click_mm: np.ndarray) -> Answer:
        """A first click's look of medium width, or, unless it is sure and shows the whole structure, the most
        promising of all looks; fitted to what it found."""
        regions = look_regions(self.volume.extent_mm, click_mm)
        medium = self.look(regions[min(1, len(regions) - 1)])
        if medium.expected_iou >= SURE_IOU and not reaches_border(medium.logits):
            return self.fitted(medium, click_mm)
        looks = [medium if region == medium.view.region else self.look(region) for region in regions]
        promises = [
            look.expected_iou + place * self.policy.wider_look_penalty for place, look in enumerate(looks)
        ]
        return self.fitted(looks[int(np.argmax(promises))], click_mm)

    def reconsidered(self, answer: Answer, click: GridClick, click_mm: np.ndarray) -> Answer:
        """Who adds what the mask lacks may mean a larger structure, who takes from it a smaller one: the
        looks of the first click that are wider, or closer, are asked again where the view is unsure."""
        if answer.expected_iou >= SURE_IOU:
            return answer
        first = next(click for click in self.clicks if click.include)
        looks = [
            self.look(region)
            for region in look_regions(self.volume.extent_mm, self.volume.to_mm(first.voxel))
            if shows_other(region, answer.view.region, click.include, click_mm)
        ]
        best = max(looks, key=lambda look: look.expected_iou, default=None)
        if best is None or best.expected_iou <= answer.expected_iou + TRUST_MARGIN:
            return answer
        return self.fitted(best, click_mm if click.include else self.volume.to_mm(first.voxel))

    def look(self, region: Region) -> Answer:
        return self.decoded(self.view_of(region), None)

    def fitted(self, look: Answer, click_mm: np.ndarray) -> Answer:
        """The structure that a look found, in the region fitted to it."""
        region = look.view.region
        component = nearest_component(look.logits > 0, region.to_voxel(click_mm)[::-1])
        if component is None:
            return self.look(snapped_region(click_mm, min(SPACINGS_MM)))
        voxels = np.argwhere(component)[:, ::-1]  # (m, 3) as (i, j, k)
        target = fitted_region(self.policy, region, voxels.min(0), voxels.max(0), click_mm)
        if target == region:
            return look
        seen = native_mask(np.where(component, look.logits, -MASK_CONFIDENCE), self.volume, region)
        return self.decoded(self.view_of(target), self.known_logits(seen, target))


def reaches_border(logits: np.ndarray) -> bool:
    inside = logits > 0
    return any(bool(inside.take(end, axis).any()) for axis in range(3) for end in (0, -1))


def well_inside(region: Region, click_mm: np.ndarray) -> bool:
    voxel = region.to_voxel(click_mm)
    return bool(np.all(voxel >= VIEW_BORDER_VOXELS) and np.all(voxel <= CUBE - 1 - VIEW_BORDER_VOXELS))


def shows_other(look: Region, view: Region, wider: bool, click_mm: np.ndarray) -> bool:
    if wider:
        return look.spacing_mm > view.spacing_mm and well_inside(look, click_mm)
    return look.spacing_mm < view.spacing_mm
