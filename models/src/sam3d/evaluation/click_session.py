"""One segment from its first prompt on, as the server predicts it."""

from collections.abc import Sequence

import numpy as np

from sam3d.data.boxes import Box
from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.data.region import SPACINGS_MM, Region, snapped_region
from sam3d.data.region_image import Volume, region_image
from sam3d.model.box_probes import BoxProbes, probes_in, trust_in, unreached_in
from sam3d.model.box_prompts import SOLID_BOX
from sam3d.model.corrected_mask import beside_middle, corrected_logits
from sam3d.online.adaptation import OnlineAdaptation
from sam3d.online.features import Opening

from .answer import Answer, View, reaches_border
from .components import components_holding, nearest_component
from .drawn_box import DrawnBox, box_about
from .engine import Engine
from .lasso import surrounded_points
from .native_grid import covered_by, mask_logits, native_mask
from .region_points import Points, in_region, including
from .rest_regions import regions_of_rest, well_inside
from .simulated_drawing import GridPath
from .simulated_reader import GridClick
from .stroke import even_stroke
from .unlikeness import unlikeness
from .zoom import ZoomPolicy, fitted_region, look_regions

BOX_PROBES = BoxProbes()
VIEW_BORDER_VOXELS = 3  # a click nearer to the region's border is looked at in a region of its own
SURE_IOU = 0.4  # an answer of which the model expects as much is not questioned
UNLIKE_PENALTY = 1.0  # of the expected IoU: such a look is taken where there are no others
TRUST_MARGIN = 0.05  # another look has to promise so much more IoU than the view that the reader corrects


class ClickSession:
    """region fixes the cube beforehand; without it the policy chooses. adaptation has its say in the answer
    to an opening click: what corrects it is the reader's alone."""

    def __init__(
        self,
        engine: Engine,
        volume: Volume,
        policy: ZoomPolicy,
        region: Region | None = None,
        adaptation: OnlineAdaptation | None = None,
    ) -> None:
        self.engine, self.volume, self.policy, self.fixed = engine, volume, policy, region
        self.adaptation = adaptation
        self.opening: tuple[Region, Opening] | None = None  # what the frozen model said to the first clicks
        self.clicks: list[GridClick] = []
        self.drawn: DrawnBox | None = None
        self.probed = False  # its structure was looked for at several places
        self.mask = np.zeros(volume.voxels.shape, bool)
        self.answer: Answer | None = None

    def view_of(self, region: Region) -> View:
        return View(region, self.engine.encode(region_image(self.volume, region)))

    def decoded(
        self, view: View, previous: np.ndarray | None, corrections: Sequence[GridClick] = ()
    ) -> Answer:
        """corrections: clicks, of those so far, that were made since the previous mask was shown"""
        clicks = self.placed(self.clicks, view.region)
        if self.drawn is not None and previous is not None:
            previous = corrected_logits(previous, *self.placed(corrections, view.region))
            if self.probed or not any(click.include for click in self.clicks):
                clicks = beside_middle(*clicks, previous > 0)
        return self.asked(view, previous, clicks)

    def asked(self, view: View, previous: np.ndarray | None, points: Points) -> Answer:
        box = self.box_in(view.region)
        return Answer(view, *self.engine.decode(view.embeddings, *points, previous, box))

    def located(
        self, view: View, box: Box, within_it: Sequence[GridClick]
    ) -> tuple[Answer, np.ndarray | None]:
        """What a box is drawn about: what the model finds in it; where that does not fit it, of what it finds
        with an include click at one of several places, too, what is trusted most. Who has clicked before has
        said it.

        within_it: clicks that are such places, too → and the place (3,) mm
        """
        clicks = self.placed(self.clicks, view.region)
        unprobed = self.asked(view, None, clicks)
        faces = box.coords[:3], box.coords[3:], None if box.label == SOLID_BOX else int(box.label) - 1
        fits = box.label == SOLID_BOX and (
            unreached_in(BOX_PROBES, unprobed.logits, *faces) <= BOX_PROBES.most_unreached
        )
        self.probed = not fits and not any(click.include for click in self.clicks)
        if not self.probed:
            return unprobed, None
        places = [*probes_in(BOX_PROBES, *faces), *self.placed(within_it, view.region)[0]]
        answers = [unprobed] + [self.asked(view, None, including(clicks, place)) for place in places]
        trust = [
            trust_in(BOX_PROBES, answer.logits, answer.expected_iou, n > 0, *faces)
            for n, answer in enumerate(answers)
        ]
        best = int(np.argmax(trust))
        return answers[best], view.region.to_mm(places[best - 1]) if best > 0 else None

    def box_in(self, region: Region) -> Box | None:
        return None if self.drawn is None else self.drawn.placed(self.volume, region)

    def placed(self, clicks: Sequence[GridClick], region: Region) -> Points:
        """Those that lie in the region"""
        coords = region.to_voxel(self.points_mm(clicks))
        inside = in_region(coords)
        return coords[inside], np.array([float(click.include) for click in clicks])[inside]

    def points_mm(self, clicks: Sequence[GridClick]) -> np.ndarray:
        """→ (m, 3) mm (i, j, k)"""
        return np.array([self.volume.to_mm(click.voxel) for click in clicks]).reshape(-1, 3)

    def shows(self, region: Region, click: GridClick) -> bool:
        return len(self.placed([click], region)[1]) > 0

    def refined(self, answer: Answer) -> Answer:
        coords, labels = self.placed(self.clicks, answer.view.region)
        embeddings = answer.view.embeddings
        return answer._replace(logits=self.engine.refined(embeddings, answer.logits, coords, labels))

    def known_logits(self, mask: np.ndarray, region: Region) -> np.ndarray | None:
        """What the model is told of a mask (K, J, I) in a region that it has not answered in"""
        overlaps = bool((mask & covered_by(self.volume, region)).any())
        return mask_logits(mask, self.volume, region, MASK_CONFIDENCE) if overlaps else None

    def box(self, low_voxel: np.ndarray, high_voxel: np.ndarray, slice_axis: int | None = None) -> np.ndarray:
        """Starts the segment anew: it says how large the structure is, so that no looks are needed. How far
        the structure of a box in a slice goes on is seen first, then segmented in a region fitted to it.

        low_voxel, high_voxel (3,) (k, j, i), inclusive; slice_axis of k, j, i, across a box drawn in a slice
        → mask on the volume's grid, (K, J, I) bool
        """
        return self.boxed(DrawnBox(np.asarray(low_voxel), np.asarray(high_voxel), slice_axis))

    def boxed(self, drawn: DrawnBox, within_it: Sequence[GridClick] = ()) -> np.ndarray:
        """within_it: include clicks that were drawn with it → mask on the volume's grid, (K, J, I) bool"""
        self.drawn = drawn
        region = self.fixed or drawn.region(self.volume, self.policy.fit_factor)
        # What was included beyond where the box is looked at is not meant any more.
        self.clicks = [click for click in self.clicks if not click.include or self.shows(region, click)]
        self.mask = np.zeros_like(self.mask)
        answer, place_mm = self.located(self.view_of(region), drawn.placed(self.volume, region), within_it)
        self.clicks += within_it
        if drawn.slice_axis is not None and self.fixed is None:
            answer = self.fitted(answer, drawn.middle_mm(self.volume) if place_mm is None else place_mm)
        self.answer = self.refined(answer)
        return self.put_on_grid(self.answer)

    def click(self, click: GridClick) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        return self.prompted([click], click)

    def scribble(self, path: GridPath) -> np.ndarray:
        """→ mask on the volume's grid, (K, J, I) bool"""
        clicks = self.clicks_at(even_stroke(self.path_mm(path)), path.include)
        return self.prompted(clicks, clicks[len(clicks) // 2])

    def lasso(self, path: GridPath) -> np.ndarray:
        """One that opens the segment is a box in a slice, too; → mask on the volume's grid, (K, J, I) bool"""
        clicks = self.clicks_at(surrounded_points(self.path_mm(path)), path.include)
        if self.answer is not None or not path.include:
            return self.prompted(clicks, clicks[0])
        return self.boxed(box_about(path.voxels, self.mask.shape), clicks[:1])

    def path_mm(self, path: GridPath) -> np.ndarray:
        """→ (m, 3) mm (i, j, k)"""
        return np.array([self.volume.to_mm(voxel) for voxel in path.voxels])

    def clicks_at(self, points_mm: np.ndarray, include: bool) -> list[GridClick]:
        """points_mm (m, 3) (i, j, k) → those that lie in the volume; raises ValueError where none does"""
        voxels = points_mm[:, ::-1] / self.volume.spacing_mm - 0.5
        voxels = voxels[np.all((voxels >= -0.5) & (voxels < np.array(self.mask.shape) - 0.5), axis=1)]
        if len(voxels) == 0:
            raise ValueError("nothing was drawn in the volume")
        return [GridClick(voxel, include) for voxel in voxels]

    def prompted(self, clicks: list[GridClick], anchor: GridClick) -> np.ndarray:
        """clicks of one prompt; anchor: the one of them that stands for all
        → mask on the volume's grid, (K, J, I) bool"""
        self.clicks += clicks
        anchor_mm = self.volume.to_mm(anchor.voxel)
        if self.answer is None:
            first = self.fixed
            frozen = self.found(anchor_mm) if first is None else self.decoded(self.view_of(first), None)
            self.answer = self.adapted(frozen)
        else:
            self.answer = self.seen_again(self.answer, clicks, anchor_mm)
            free = self.fixed is None and self.drawn is None
            if free and anchor.include != self.mask[anchor.place]:
                other = self.reconsidered(self.answer, anchor, anchor_mm)
                self.answer = other if self.heeds(other, anchor) else self.answer
        self.answer = self.refined(self.answer)
        self.put_on_grid(self.answer)
        if self.fixed is None and len(clicks) > 1:
            self.followed(self.answer.view.region, clicks)
        return self.mask

    def followed(self, seen: Region, clicks: Sequence[GridClick]) -> None:
        """What of a scribble or lasso lies beyond the region that was looked at is answered in further ones,
        each told of the mask so far."""
        for region in regions_of_rest(seen, self.points_mm(clicks), VIEW_BORDER_VOXELS):
            known = self.known_logits(self.mask, region)
            if known is None and not any(click.include for click in clicks):
                continue  # there is nothing to take away
            self.answer = self.refined(self.decoded(self.view_of(region), known, clicks))
            self.put_on_grid(self.answer)

    def adapted(self, answer: Answer) -> Answer:
        """The answer to the first clicks, with what accepted cases have taught"""
        coords, labels = self.placed(self.clicks, answer.view.region)
        if not (labels > 0.5).any():
            return answer
        region, image = answer.view.region, answer.view.embeddings["image"][0]
        opening = Opening(answer.logits, image, region.spacing_mm, coords[labels > 0.5])
        self.opening = region, opening
        return answer if self.adaptation is None else answer._replace(logits=self.adaptation.fused(opening))

    def put_on_grid(self, answer: Answer) -> np.ndarray:
        """The answer in its region, what was there before around it; of that the pieces that are meant"""
        region, embeddings = answer.view
        coords, labels = self.placed(self.clicks, region)
        shown = self.engine.shown(embeddings, answer.logits, coords, labels, self.volume.modality)
        self.mask = self.merged(region, shown)
        return self.mask

    def merged(self, region: Region, logits: np.ndarray) -> np.ndarray:
        answered = native_mask(logits, self.volume, region)
        merged = np.where(covered_by(self.volume, region), answered, self.mask)
        included = [click.place for click in self.clicks if click.include]
        return components_holding(merged, included, None if self.drawn is None else self.drawn.voxels())

    def heeds(self, answer: Answer, click: GridClick) -> bool:
        """Beyond the region of an answer the mask stays: an exclude click there has an effect only where its
        piece is dropped."""
        region = answer.view.region
        if click.include or self.shows(region, click):
            return True
        return not self.merged(region, answer.logits)[click.place]

    def seen_again(self, answer: Answer, clicks: list[GridClick], anchor_mm: np.ndarray) -> Answer:
        """In the same region where it shows all clicks of the prompt, else in one about its anchor."""
        region = answer.view.region
        if well_inside(region, self.points_mm(clicks), VIEW_BORDER_VOXELS).all():
            return self.decoded(answer.view, answer.logits, clicks)
        there = snapped_region(anchor_mm, region.spacing_mm)
        return self.decoded(self.view_of(there), self.known_logits(self.mask, there), clicks)

    def found(self, click_mm: np.ndarray) -> Answer:
        """A first click's look of medium width, or, unless it is sure and shows the whole structure, the most
        promising of all looks; fitted to what it found."""
        regions = self.looks_about(click_mm)
        medium = self.look(regions[min(1, len(regions) - 1)])
        sure = medium.expected_iou >= SURE_IOU and not reaches_border(medium.logits)
        if sure and self.is_like(medium, click_mm):
            return self.fitted(medium, click_mm)
        looks = [medium if region == medium.view.region else self.look(region) for region in regions]
        promises = [
            look.expected_iou
            + place * self.policy.wider_look_penalty
            - (0 if self.is_like(look, click_mm) else UNLIKE_PENALTY)
            for place, look in enumerate(looks)
        ]
        return self.fitted(looks[int(np.argmax(promises))], click_mm)

    def is_like(self, look: Answer, click_mm: np.ndarray) -> bool:
        """What was clicked looks like what was found: a nodule does not look like the organ around it."""
        clicked = look.view.region.to_voxel(click_mm)[::-1]
        found = nearest_component(look.logits > 0, clicked)
        if found is None:
            return True
        image = look.view.embeddings["image"][0, 0]
        return unlikeness(image, found, clicked) <= self.policy.unlike_deviations

    def reconsidered(self, answer: Answer, click: GridClick, click_mm: np.ndarray) -> Answer:
        """Who adds what the mask lacks may mean a larger structure, who takes from it a smaller one: the
        looks of the first click that are wider, or closer, are asked again where the view is unsure."""
        if answer.expected_iou >= SURE_IOU:
            return answer
        first = next(click for click in self.clicks if click.include)
        looks = [
            self.look(region)
            for region in self.looks_about(self.volume.to_mm(first.voxel))
            if shows_other(region, answer.view.region, click.include, click_mm)
        ]
        best = max(looks, key=lambda look: look.expected_iou, default=None)
        if best is None or best.expected_iou <= answer.expected_iou + TRUST_MARGIN:
            return answer
        return self.fitted(best, click_mm if click.include else self.volume.to_mm(first.voxel))

    def looks_about(self, click_mm: np.ndarray) -> list[Region]:
        return look_regions(self.volume.extent_mm, self.volume.spacing_mm, click_mm)

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


def shows_other(look: Region, view: Region, wider: bool, click_mm: np.ndarray) -> bool:
    if wider:
        return look.spacing_mm > view.spacing_mm and bool(well_inside(look, click_mm, VIEW_BORDER_VOXELS))
    return look.spacing_mm < view.spacing_mm
