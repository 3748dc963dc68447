"""Vectors that the server's tests read, too; and what a session tells the model of a corrected mask."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fake_engine import FakeEngine
from sam3d.data.boxes import Box
from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.data.region import CUBE, snapped_region
from sam3d.data.region_image import Volume
from sam3d.evaluation.click_session import ClickSession
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.model.corrected_mask import corrected_logits, deepest_voxel

VECTORS = json.loads((Path(__file__).parent / "vectors" / "correction.json").read_text(encoding="utf-8"))
SPACING_MM = 0.8
FOUND = slice(24, 40)  # of the cube's voxels, along each axis


def ball(edge: int, centre_ijk: list[float], radius: float) -> np.ndarray:
    """(edge, edge, edge): distance into the ball, in voxels"""
    k, j, i = np.indices((edge,) * 3)
    x, y, z = centre_ijk
    return (radius - np.sqrt((i - x) ** 2 + (j - y) ** 2 + (k - z) ** 2)).astype(np.float32)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["title"])
def test_vectors(case: dict[str, Any]) -> None:
    logits = ball(case["edge"], case["ball"]["centreIjk"], case["ball"]["radius"])
    corrected = corrected_logits(
        logits,
        np.array([point["indexIjk"] for point in case["points"]]),
        np.array([float(point["include"]) for point in case["points"]]),
    )
    changed = np.flatnonzero(corrected != logits)
    assert [index for index in changed if corrected.flat[index] > 0] == case["included"]
    assert [index for index in changed if corrected.flat[index] < 0] == case["excluded"]
    assert set(np.abs(corrected.flat[changed])) <= {MASK_CONFIDENCE}
    deepest = deepest_voxel(corrected > 0)
    assert (None if deepest is None else deepest.tolist()) == case["deepestIjk"]


class BlockEngine(FakeEngine):
    """Finds the same block in the middle of whatever it sees."""

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
        logits[FOUND, FOUND, FOUND] = 1
        return logits, 0.9


def session() -> tuple[ClickSession, BlockEngine]:
    """In voxels of which the cube's are as large, and begin 8 voxels behind theirs"""
    engine = BlockEngine()
    volume = Volume(np.random.default_rng(0).normal(size=(80, 80, 80)), np.full(3, SPACING_MM))
    region = snapped_region(np.full(3, 40 * SPACING_MM), SPACING_MM)
    assert region.corner == (8, 8, 8)
    return ClickSession(engine, volume, ZoomPolicy(), region), engine  # type: ignore[arg-type]


def test_a_correction_of_a_boxs_mask_is_part_of_what_the_model_is_told_of_it() -> None:
    opened, engine = session()
    opened.box(np.full(3, 32), np.full(3, 47))
    opened.click(GridClick(np.array([40, 40, 35]), False))
    previous = engine.calls[-1].previous
    assert previous is not None
    assert previous[32, 32, 27] == -MASK_CONFIDENCE
    assert previous[32, 32, 24] == -MASK_CONFIDENCE  # the border is 4 voxels away
    assert previous[32, 32, 33] == 1


def test_a_click_that_agrees_changes_nothing_and_only_new_ones_correct() -> None:
    opened, engine = session()
    opened.box(np.full(3, 32), np.full(3, 47))
    opened.click(GridClick(np.array([40, 40, 35]), False))
    opened.click(GridClick(np.full(3, 44), True))
    told = engine.calls[-1].previous
    assert told is not None and opened.answer is not None
    assert np.array_equal(told, opened.answer.logits)


def test_without_a_box_the_model_is_told_of_the_mask_as_it_is() -> None:
    opened, engine = session()
    opened.click(GridClick(np.full(3, 40), True))
    first = opened.answer
    opened.click(GridClick(np.array([40, 40, 35]), False))
    assert first is not None
    assert np.array_equal(engine.calls[1].previous, first.logits)  # type: ignore[arg-type]


def test_after_a_box_the_rest_is_meant_by_who_takes_something_away() -> None:
    opened, engine = session()
    opened.box(np.full(3, 32), np.full(3, 47))
    opening = len(engine.calls)
    opened.click(GridClick(np.array([40, 40, 35]), False))
    opened.click(GridClick(np.full(3, 46), True))
    assert engine.calls[0].labels.tolist() == []
    taken, added = engine.calls[opening:]
    assert taken.labels.tolist() == [0, 1]
    middle = taken.coords[1]  # (i, j, k), away from what was taken
    assert np.all(middle >= FOUND.start) and np.all(middle < FOUND.stop)
    assert middle[0] >= 32
    assert added.labels.tolist() == [0, 1]
    assert np.allclose(added.coords[1], 46 - 8)
