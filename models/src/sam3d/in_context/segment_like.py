"""Segments a volume like exemplars, without training (after GMISeg): all that is fitted is a linear read-out,
in closed form."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sam3d.data.region import Region, snapped_region
from sam3d.data.region_image import Volume, region_image
from sam3d.evaluation.engine import Engine, Tensors
from sam3d.evaluation.native_grid import covered_axes
from sam3d.model.corrected_mask import deepest_voxel

from .attention import attended
from .cells import CELL_VOXELS, CELLS, cell_masks, cell_places_mm, described, within_steps
from .exemplar import Exemplar, bounds_of, exemplar_of, reach_steps
from .place import (
    Known,
    finder_of,
    place_spread_mm,
    searched_place_mm,
    usual_place_mm,
    wide_regions,
    wide_spacing_mm,
)
from .propagate import propagated
from .readout import ReadOut, fitted_read_out
from .settings import SETTINGS, LikenessSettings
from .spacing import fitted_spacing_mm

LEAST_PRIOR = 0.05  # cells that no exemplar's mask comes to are not asked, but around those
SUREST_LOGIT = 6.0
CERTAINTY = 1e-3
CLICK_SHARE = 0.8  # of the highest probability, where none is above a half
PROBABLE = 0.5


class ExemplarCase(NamedTuple):
    volume: Volume
    masks: Mapping[str, np.ndarray]  # by label, (K, J, I) bool; one that is absent is not known there


class Likeness(NamedTuple):
    """What is known of a structure from its exemplars."""

    spacing_mm: float
    side_mm: float
    known: Sequence[Known]
    exemplars: Sequence[Exemplar]
    read_out: ReadOut
    token_places: np.ndarray  # (m, 3) in units of the side
    token_read: np.ndarray  # (m, targets)
    token_share: np.ndarray  # (m,)


class Found(NamedTuple):
    region: Region
    probability: np.ndarray  # (2n, 2n, 2n) of the region's voxels


class InContext:
    """Embeddings are kept for as long as it is: cases and regions are looked at once."""

    def __init__(self, engine: Engine, settings: LikenessSettings = SETTINGS) -> None:
        self.engine, self.settings = engine, settings
        self.embeddings: dict[tuple[int, Region], Tensors] = {}

    def embedded(self, volume: Volume, region: Region) -> Tensors:
        key = (id(volume.voxels), region)
        if key not in self.embeddings:
            self.embeddings[key] = self.engine.encode(region_image(volume, region))
        return self.embeddings[key]

    def likeness_of(self, cases: Sequence[ExemplarCase], label: str) -> Likeness | None:
        """None where no case shows the structure"""
        shown = [
            Known(case.volume, case.masks[label], bounds_of(case.masks[label], case.volume))
            for case in cases
            if label in case.masks and case.masks[label].any()
        ]
        if not shown:
            return None
        side_mm = float(np.median([one.bounds.side_mm for one in shown]))
        voxel_mm = float(np.median([one.volume.spacing_mm.min() for one in shown]))
        spacing_mm = fitted_spacing_mm(side_mm, voxel_mm, self.settings)
        tokens = min(self.settings.tokens_of_exemplar, self.settings.tokens // len(shown))
        exemplars = [
            exemplar_of(one.volume, one.mask, spacing_mm, side_mm, tokens, self.embedded, self.settings)
            for one in shown
        ]
        features = np.concatenate([one.token_features for one in exemplars])
        targets = np.concatenate([one.token_targets for one in exemplars])
        read_out = fitted_read_out(features, targets, self.settings.ridge)
        return Likeness(
            spacing_mm,
            side_mm,
            shown,
            exemplars,
            read_out,
            np.concatenate([one.token_places_mm for one in exemplars]) / side_mm,
            read_out.of(features),
            targets[:, 0],
        )

    def found(self, query: Volume, likeness: Likeness) -> Found:
        return self.looked_at(query, likeness, self.place_mm(query, likeness))

    def place_mm(self, query: Volume, likeness: Likeness) -> np.ndarray:
        """→ (3,) k, j, i: where the structure is thought to be"""
        place_mm = usual_place_mm(query, likeness.known)
        spread_mm = place_spread_mm(query, likeness.known, self.settings)
        wide_mm = wide_spacing_mm(query, likeness.spacing_mm)
        if wide_mm is not None:
            regions = wide_regions(query, wide_mm)
            place_mm = self.searched_mm(query, likeness, wide_mm, regions, place_mm, spread_mm)
            spread_mm = np.full(3, CELL_VOXELS * wide_mm)
        regions = [self.region_about(place_mm, likeness)]
        return self.searched_mm(query, likeness, likeness.spacing_mm, regions, place_mm, spread_mm)

    def searched_mm(
        self,
        query: Volume,
        likeness: Likeness,
        spacing_mm: float,
        regions: Sequence[Region],
        place_mm: np.ndarray,
        spread_mm: np.ndarray,
    ) -> np.ndarray:
        finder = finder_of(likeness.known, spacing_mm, likeness.side_mm, self.embedded, self.settings)
        return searched_place_mm(query, finder, regions, place_mm, spread_mm, self.embedded, self.settings)

    def region_about(self, centre_mm: np.ndarray, likeness: Likeness) -> Region:
        return snapped_region(centre_mm[::-1], likeness.spacing_mm)

    def looked_at(self, query: Volume, likeness: Likeness, centre_mm: np.ndarray) -> Found:
        """centre_mm (3,) k, j, i: where the structure is thought to be"""
        region = self.region_about(centre_mm, likeness)
        embeddings = self.embedded(query, region)
        cells = self.likely_cells(query, likeness, region, embeddings, centre_mm)
        likely = on_voxels(cells)
        if likely.max() < CERTAINTY:
            return Found(region, likely)
        share = self.settings.decoder_share
        return Found(region, (1 - share) * likely + share * self.prompted(embeddings, likely))

    def likely_cells(
        self, query: Volume, likeness: Likeness, region: Region, embeddings: Tensors, centre_mm: np.ndarray
    ) -> np.ndarray:
        """The mean of what the exemplars' masks say, put there, and what their tokens say → (n, n, n)"""
        places_mm = cell_places_mm(region) - centre_mm[:, None, None, None]
        prior = propagated(likeness.exemplars, places_mm, likeness.spacing_mm)
        inside = cell_masks(np.ones(query.voxels.shape, bool), query, region).inside
        steps = reach_steps(likeness.side_mm, likeness.spacing_mm, self.settings)
        asked = within_steps(prior > LEAST_PRIOR, steps) & inside
        attention = np.zeros_like(prior)
        attention[asked] = attended(
            places_mm[:, asked].T / likeness.side_mm,
            likeness.read_out.of(described(embeddings, asked)),
            likeness.token_places,
            likeness.token_read,
            likeness.token_share,
            self.settings.place_sigma,
            self.settings.likeness,
        )
        share = self.settings.prior_share
        return share * prior * inside + (1 - share) * attention

    def prompted(self, embeddings: Tensors, likely: np.ndarray) -> np.ndarray:
        """What the decoder makes of a click deep inside and the likely mask → (2n, 2n, 2n) probability"""
        logits = np.log((likely + CERTAINTY) / (1 - likely + CERTAINTY)).astype(np.float32)
        threshold = min(PROBABLE, CLICK_SHARE * float(likely.max()))
        deepest = deepest_voxel(likely > threshold)
        assert deepest is not None
        previous = np.clip(logits, -SUREST_LOGIT, SUREST_LOGIT)
        answer, _ = self.engine.decode(embeddings, deepest[None].astype(np.float64), np.ones(1), previous)
        return 1 / (1 + np.exp(-np.clip(answer, -20, 20)))

    def segment(
        self, query: Volume, cases: Sequence[ExemplarCase], labels: Sequence[str]
    ) -> dict[str, np.ndarray]:
        """→ masks (K, J, I) bool, by label; the most probable class has a voxel"""
        best = np.full(query.voxels.shape, PROBABLE, np.float32)
        owner = np.zeros(query.voxels.shape, np.int16)
        for number, label in enumerate(labels, 1):
            likeness = self.likeness_of(cases, label)
            if likeness is None:
                continue
            put_on_grid(self.found(query, likeness), query, number, best, owner)
        return {label: owner == number for number, label in enumerate(labels, 1)}


def on_voxels(cells: np.ndarray) -> np.ndarray:
    """(n, n, n) of the cells → (2n, 2n, 2n), linearly"""
    position = np.clip((np.arange(2 * CELLS) + 0.5) / 2 - 0.5, 0, CELLS - 1)
    low = np.minimum(position.astype(np.int64), CELLS - 2)
    weights = np.zeros((2 * CELLS, CELLS), np.float32)
    rows = np.arange(2 * CELLS)
    weights[rows, low] = 1 - (position - low)
    weights[rows, low + 1] += (position - low).astype(np.float32)
    return np.matmul(np.matmul(weights, np.tensordot(weights, cells, (1, 0))), weights.T)


def put_on_grid(look: Found, query: Volume, number: int, best: np.ndarray, owner: np.ndarray) -> None:
    """Claims the voxels of the volume where the structure is more probable than what has them so far."""
    axes = covered_axes(query, look.region)
    values = np.tensordot(axes[0].weights, look.probability, (1, 0))
    values = np.matmul(np.matmul(axes[1].weights, values), axes[2].weights.T)
    covered = tuple(axis.covered for axis in axes)
    higher = values > best[covered]
    owner[covered][higher] = number
    best[covered][higher] = values[higher]
