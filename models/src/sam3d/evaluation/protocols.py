"""The ways a case is played through: an opening prompt, then corrections, as in the interactive challenge of
CVPR 2025."""

import zlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from sam3d.data.normalisation import clamped
from sam3d.data.region import Region, finest_spacing_mm, snapped_region
from sam3d.data.region_image import Volume, region_cube, region_image

from .click_session import ClickSession
from .cube_session import CubeSession, Segment
from .engine import Engine
from .metrics import dice, nsd
from .native_grid import covered_by
from .random_walker import RandomWalker
from .simulated_drawing import (
    GridPath,
    Section,
    drawn_lasso,
    drawn_scribble,
    drawn_slice_box,
    error_at,
    section_of,
)
from .simulated_reader import GridBox, GridClick, drawn_box, first_click, next_click
from .zoom import ZoomPolicy

CORRECTIONS = 5
CLICKS = 1 + CORRECTIONS  # the opening among them

Draw = Callable[[Section, bool, np.random.Generator], GridPath]  # bool: to be included
Ask = Callable[[GridPath], np.ndarray]  # → mask (K, J, I) bool


class Play(NamedTuple):
    """Scores after each of the prompts"""

    dice: list[float]
    nsd: list[float]


def case_rng(case_id: str) -> np.random.Generator:
    """The same for every method."""
    return np.random.default_rng(zlib.crc32(case_id.encode()))


def opening_click(volume: Volume, truth: np.ndarray, case_id: str) -> GridClick:
    return first_click(truth, volume.spacing_mm, case_rng(case_id))


def opening_box(truth: np.ndarray, case_id: str) -> GridBox:
    return drawn_box(truth, case_rng(case_id))


def true_zoom_region(policy: ZoomPolicy, volume: Volume, truth: np.ndarray, click: GridClick) -> Region:
    """The level from the truth's size, the place from the click."""
    voxels = np.argwhere(truth)
    side_mm = float(((voxels.max(0) - voxels.min(0) + 1) * volume.spacing_mm).max())
    return snapped_region(volume.to_mm(click.voxel), finest_spacing_mm(policy.fit_factor * side_mm))


def corrected(
    opening: np.ndarray,
    answer: Callable[[GridClick], np.ndarray],
    truth: np.ndarray,
    clickable: np.ndarray,
    spacing_mm: np.ndarray,
    corrections: int = CORRECTIONS,
) -> Play:
    """opening: the mask after the first prompt; masks (K, J, I) bool. Without an error nothing changes."""
    mask = opening
    play = Play([dice(mask, truth)], [nsd(mask, truth, spacing_mm)])
    for _ in range(corrections):
        correction = next_click(mask, truth, clickable, spacing_mm)
        if correction is None:
            play.dice.append(play.dice[-1])
            play.nsd.append(play.nsd[-1])
            continue
        mask = answer(correction)
        play.dice.append(dice(mask, truth))
        play.nsd.append(nsd(mask, truth, spacing_mm))
    return play


def play_clicks(
    engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str, true_zoom: bool
) -> Play:
    click = opening_click(volume, truth, case_id)
    region = true_zoom_region(policy, volume, truth, click) if true_zoom else None
    session = ClickSession(engine, volume, policy, region)
    everywhere = np.ones_like(truth)
    return corrected(session.click(click), session.click, truth, everywhere, volume.spacing_mm)


def play_box(engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str) -> Play:
    session = ClickSession(engine, volume, policy)
    opening = session.box(*opening_box(truth, case_id))
    return corrected(opening, session.click, truth, np.ones_like(truth), volume.spacing_mm)


def play_click_in_box(
    engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str
) -> Play:
    """The opening click of the other plays is the second prompt."""
    session = ClickSession(engine, volume, policy)
    boxed = session.box(*opening_box(truth, case_id))
    before = Play([dice(boxed, truth)], [nsd(boxed, truth, volume.spacing_mm)])
    clicked = session.click(opening_click(volume, truth, case_id))
    after = corrected(clicked, session.click, truth, np.ones_like(truth), volume.spacing_mm, CORRECTIONS - 1)
    return Play(before.dice + after.dice, before.nsd + after.nsd)


def play_slice_box(
    engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str
) -> Play:
    """About the cross-section at the opening click of the other plays; corrected by clicks"""
    session = ClickSession(engine, volume, policy)
    rng = case_rng(case_id)
    click = first_click(truth, volume.spacing_mm, rng)
    opening = session.box(*drawn_slice_box(truth, click.voxel, volume.spacing_mm, rng))
    return corrected(opening, session.click, truth, np.ones_like(truth), volume.spacing_mm)


def play_scribbles(
    engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str
) -> Play:
    session = ClickSession(engine, volume, policy)
    return drawn_play(session, drawn_scribble, session.scribble, truth, case_id)


def play_lassos(engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str) -> Play:
    session = ClickSession(engine, volume, policy)
    return drawn_play(session, drawn_lasso, session.lasso, truth, case_id)


def drawn_play(session: ClickSession, draw: Draw, ask: Ask, truth: np.ndarray, case_id: str) -> Play:
    """Draws where the other plays click: in a slice through the same voxels."""
    spacing_mm, rng = session.volume.spacing_mm, case_rng(case_id)

    def asked(click: GridClick, meant: np.ndarray) -> np.ndarray:
        section = section_of(meant, click.voxel, spacing_mm, rng)
        return ask(draw(section, click.include, rng))

    opening = asked(first_click(truth, spacing_mm, rng), truth)
    return corrected(
        opening,
        lambda click: asked(click, error_at(session.mask, truth, click)),
        truth,
        np.ones_like(truth),
        spacing_mm,
    )


def play_in_cube(
    method: Callable[[np.ndarray, np.ndarray], Segment],
    policy: ZoomPolicy,
    volume: Volume,
    truth: np.ndarray,
    case_id: str,
) -> Play:
    """method: intensities (n, n, n) in the volume's units, within the range that models are shown, and which
    of them lie in the volume → what segments them. The cube is chosen from the truth: a method's favourable
    case."""
    click = opening_click(volume, truth, case_id)
    region = true_zoom_region(policy, volume, truth, click)
    cube, inside = region_cube(volume, region)
    session = CubeSession(method(clamped(cube, volume.value_range), inside), volume, region)
    covered = covered_by(volume, region)
    return corrected(session.click(click), session.click, truth, covered, volume.spacing_mm)


def play_walker_with_prior(
    engine: Engine, policy: ZoomPolicy, volume: Volume, truth: np.ndarray, case_id: str
) -> Play:
    """The random walker told of the probability that the model gives in the same cube after the same click"""
    click = opening_click(volume, truth, case_id)
    region = true_zoom_region(policy, volume, truth, click)
    coords = region.to_voxel(volume.to_mm(click.voxel))[None]
    logits, _ = engine.decode(engine.encode(region_image(volume, region)), coords, np.ones(1), None)
    probability = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return play_in_cube(partial(RandomWalker, prior=probability), policy, volume, truth, case_id)
