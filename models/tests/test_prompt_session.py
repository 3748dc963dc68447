"""Scribbles, lassos and boxes in a slice: what the engine is told of them, and where it looks."""

import numpy as np
import pytest

from conftest import ZOO
from fake_engine import FakeEngine
from sam3d.data.boxes import Box
from sam3d.data.region import CUBE, Region, snapped_region
from sam3d.data.region_image import Volume
from sam3d.evaluation.click_session import ClickSession
from sam3d.evaluation.engine import OnnxEngine
from sam3d.evaluation.lasso import surrounded_points
from sam3d.evaluation.protocols import (
    CLICKS,
    play_box,
    play_click_in_box,
    play_lassos,
    play_scribbles,
    play_slice_box,
    play_walker_with_prior,
)
from sam3d.evaluation.rest_regions import well_inside
from sam3d.evaluation.simulated_drawing import GridPath
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.stroke import MOST_POINTS
from sam3d.evaluation.zoom import ZoomPolicy

SPACING_MM = np.array([2.0, 1.0, 1.0])
SHAPE = (60, 120, 140)
CENTRE_MM = np.array([60.0, 60.0, 61.0])
REGION = snapped_region(CENTRE_MM, 1.125)
FOUND = slice(24, 40)  # of the cube's voxels, along each axis


class BlockEngine(FakeEngine):
    """Finds the same block in the middle of whatever it sees."""

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
        logits[FOUND, FOUND, FOUND] = 1
        return logits, 0.9


def session(region: Region | None = REGION) -> tuple[ClickSession, BlockEngine]:
    engine = BlockEngine()
    volume = Volume(np.random.default_rng(0).normal(size=SHAPE), SPACING_MM)
    return ClickSession(engine, volume, ZoomPolicy(), region), engine  # type: ignore[arg-type]


def path(start: list[float], end: list[float], include: bool = True) -> GridPath:
    return GridPath(np.array([start, end], float), include)


def square(k: float, low: float, high: float, include: bool = True) -> GridPath:
    corners = [(k, low, low), (k, low, high), (k, high, high), (k, high, low)]
    return GridPath(np.array(corners), include)


def region_of(opened: ClickSession) -> Region:
    assert opened.answer is not None
    return opened.answer.view.region


def test_a_scribble_is_many_points_along_it() -> None:
    opened, engine = session()
    opened.scribble(path([30, 60, 52], [30, 60, 68]))
    opened.scribble(path([30, 54, 60], [30, 60, 60], include=False))
    first, second = engine.calls
    assert first.labels.tolist() == [1] * 9  # 16 mm in steps of 2
    ends = REGION.to_voxel(np.array([[52.5, 60.5, 61], [68.5, 60.5, 61]]))
    assert np.allclose(first.coords[[0, -1]], ends)
    assert np.allclose(np.diff(first.coords, axis=0), [2 / 1.125, 0, 0])
    assert first.previous is None and first.box is None
    assert second.labels.tolist() == [1] * 9 + [0] * 4
    assert second.previous is not None
    assert np.array_equal(second.coords[:9], first.coords)


def test_a_scribble_longer_than_the_view_is_followed_to_its_ends() -> None:
    opened, engine = session(region=None)
    opened.click(GridClick(np.array([30, 60, 70]), True))
    seen = region_of(opened)
    before = len(engine.calls)
    mask = opened.scribble(path([30, 60, 6], [30, 60, 134]))
    assert len(engine.calls) > before + 1
    assert all(view.labels[1:].all() for view in engine.calls[before:])
    ends_mm = np.array([[6.5, 60.5, 61], [134.5, 60.5, 61]])
    assert not well_inside(seen, ends_mm, 3).any()
    assert mask[30, 60, 70]

    before = len(engine.calls)
    opened.scribble(path([30, 20, 6], [30, 20, 134], include=False))
    _, *further = engine.calls[before:]
    assert all(call.previous is not None for call in further)  # else there is nothing to take away


def test_a_lasso_that_corrects_is_points_that_it_surrounds() -> None:
    opened, engine = session()
    opened.click(GridClick(np.array([30, 60, 60]), True))
    opened.lasso(square(30, 50.5, 70.5))
    call = engine.calls[-1]
    coords = call.coords[1:]
    assert MOST_POINTS / 2 < len(coords) <= MOST_POINTS and call.labels.all()
    assert np.allclose(coords[:, 2], REGION.to_voxel(np.array([0, 0, 61.0]))[2])
    outline_mm = np.array([opened.volume.to_mm(corner) for corner in square(30, 50.5, 70.5).voxels])
    assert np.allclose(coords, REGION.to_voxel(surrounded_points(outline_mm)))
    assert np.abs(coords[:, :2] - REGION.to_voxel(np.array([61.0, 61, 61]))[:2]).max() < 7.5 / 1.125


def test_a_first_scribble_is_looked_at_about_its_middle() -> None:
    opened, engine = session(None)
    opened.scribble(path([30, 60, 30], [30, 60, 70]))
    about_middle = ClickSession(BlockEngine(), opened.volume, ZoomPolicy())  # type: ignore[arg-type]
    about_middle.click(GridClick(np.array([30, 60, 50]), True))
    assert region_of(opened) == region_of(about_middle)
    assert len(engine.calls[0].labels) == 21  # 40 mm in steps of 2


def test_a_first_lasso_is_looked_at_about_its_deepest_point() -> None:
    opened, _ = session(None)
    opened.lasso(square(30, 40, 80))
    about_middle = ClickSession(BlockEngine(), opened.volume, ZoomPolicy())  # type: ignore[arg-type]
    about_middle.click(GridClick(np.array([30, 60, 60]), True))
    assert region_of(opened) == region_of(about_middle)


def test_a_scribble_that_leaves_the_view_is_looked_at_about_its_middle() -> None:
    opened, engine = session(None)
    opened.click(GridClick(np.array([30, 60, 60]), True))
    before, calls = region_of(opened), len(engine.calls)
    opened.scribble(path([30, 60, 60], [30, 60, 64]))
    assert region_of(opened) == before and len(engine.calls) == calls + 1
    opened.scribble(path([30, 60, 62], [30, 60, 92]))  # from the middle of 51.2 mm to beyond them
    assert region_of(opened) == snapped_region(np.array([78.5, 60.5, 61]), before.spacing_mm)
    assert region_of(opened) != before
    assert len(engine.calls) == calls + 2


def test_what_is_drawn_beside_the_volume_counts_for_nothing() -> None:
    opened, engine = session()
    opened.scribble(path([30, 60, 52], [30, -20, 52]))
    assert 0 < len(engine.calls[0].labels) < MOST_POINTS
    assert np.all(REGION.to_mm(engine.calls[0].coords) >= -1e-6)
    with pytest.raises(ValueError, match="in the volume"):
        opened.scribble(path([30, -20, 52], [30, -5, 52]))
    with pytest.raises(ValueError, match="in the volume"):
        opened.lasso(path([30, 10, 10], [30, 20, 10]))  # without an area


@pytest.mark.parametrize("axis, label", [(0, 3), (1, 2), (2, 1)])
def test_a_slice_box_says_across_which_axis_the_structure_goes_on(axis: int, label: int) -> None:
    opened, engine = session()
    low, high = np.array([20, 50, 40]), np.array([35, 69, 79])
    low[axis] = high[axis] = 30
    opened.box(low, high, axis)
    box = engine.calls[0].box
    assert box is not None and box.label == label
    faces = REGION.to_mm(box.coords.reshape(2, 3))[:, ::-1] / SPACING_MM - 0.5  # (k, j, i)
    across = np.arange(3) == axis
    assert np.allclose(faces[0, ~across], (low - 0.5)[~across])
    assert np.allclose(faces[1, ~across], (high + 0.5)[~across])
    assert faces[:, axis].mean() == pytest.approx(30)  # the slice's middle
    assert np.diff(box.coords.reshape(2, 3), axis=0)[0, 2 - axis] == pytest.approx(1)  # a cell of the model


def test_a_slice_box_is_fitted_to_what_was_found() -> None:
    opened, engine = session(None)
    opened.box(np.array([30, 50, 40]), np.array([30, 69, 79]), 0)  # 40 mm: 60 fit into 64 voxels of 1.125
    first = snapped_region(np.array([60.0, 60, 61]), 1.125)
    look, fitted = engine.calls[0], engine.calls[-1]
    assert look.previous is None and look.coords.shape == (0, 3)
    assert region_of(opened).spacing_mm == 0.8  # 16 voxels of 1.125 mm are found
    assert fitted.previous is not None and (fitted.previous > 0).any()
    assert look.box is not None and fitted.box is not None
    seen, again = look.box.coords.reshape(2, 3), fitted.box.coords.reshape(2, 3)
    assert np.allclose(first.to_mm(seen)[:, :2], region_of(opened).to_mm(again)[:, :2])
    assert np.allclose(again[1, 2] - again[0, 2], 1)


def test_a_solid_box_is_not_fitted() -> None:
    opened, engine = session(None)
    opened.box(np.array([20, 50, 40]), np.array([39, 69, 79]))
    assert all(call.previous is None for call in engine.calls)
    assert region_of(opened).spacing_mm == 1.125


def test_a_box_starts_the_segment_anew() -> None:
    opened, engine = session(None)
    far = opened.click(GridClick(np.array([5, 10, 10]), True))
    assert far.any()
    mask = opened.box(np.array([40, 90, 100]), np.array([55, 110, 130]))
    assert not (mask & far).any()
    assert engine.calls[-1].previous is None
    opened.box(np.array([40, 90, 100]), np.array([40, 110, 130]), 0)
    opened.box(np.array([40, 90, 100]), np.array([55, 110, 130]))
    assert engine.calls[-1].box is not None and engine.calls[-1].box.label == 0


PLAYS = [play_scribbles, play_lassos, play_slice_box, play_click_in_box, play_walker_with_prior]


def scene() -> tuple[Volume, np.ndarray]:
    truth = np.zeros((24, 48, 48), bool)
    truth[8:16, 16:32, 16:32] = True
    return Volume(np.random.default_rng(0).normal(size=truth.shape) + 5 * truth, SPACING_MM), truth


@pytest.mark.parametrize("play", PLAYS)
def test_the_shipped_graphs_can_be_prompted_so(play) -> None:
    volume, truth = scene()
    engine = OnnxEngine(ZOO)
    one, same = (play(engine, ZoomPolicy(), volume, truth, "case") for _ in range(2))
    assert one == same
    assert len(one.dice) == len(one.nsd) == CLICKS
    assert one.dice[-1] > 0.3


def test_a_click_in_a_box_is_the_second_prompt() -> None:
    volume, truth = scene()
    fakes = BlockEngine(), BlockEngine()
    for engine, play in zip(fakes, (play_box, play_click_in_box), strict=True):
        play(engine, ZoomPolicy(), volume, truth, "case")  # type: ignore[arg-type]
    boxed, clicked = (engine.calls for engine in fakes)
    assert boxed[0].box is not None and clicked[0].box is not None
    assert np.array_equal(boxed[0].box.coords, clicked[0].box.coords)
    assert clicked[1].labels.tolist() == [1]
    side_mm = 1.5 * np.ptp(boxed[0].box.coords.reshape(2, 3), axis=0).max()
    assert np.abs(clicked[1].coords - CUBE / 2).max() < side_mm / 2
