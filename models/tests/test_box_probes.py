"""Where in a box its structure is looked for, and what is made of what is found there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fake_engine import FakeEngine
from sam3d.data.boxes import Box
from sam3d.data.region import CUBE
from sam3d.data.region_image import Volume
from sam3d.evaluation.click_session import ClickSession
from sam3d.evaluation.simulated_drawing import GridPath
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.model.box_probes import BoxProbes, probes_in, trust_in, unreached_in

VECTORS = json.loads((Path(__file__).parent / "vectors" / "box_probes.json").read_text(encoding="utf-8"))
LOW, HIGH = np.array([20, 50, 40]), np.array([29, 79, 59])
RADIUS = 3


@pytest.mark.parametrize("case", VECTORS["probes"], ids=lambda case: case["title"])
def test_probe_vectors(case: dict[str, Any]) -> None:
    low, high = np.array(case["low"], float), np.array(case["high"], float)
    found = probes_in(BoxProbes(case["offset"]), low, high, case.get("sliceAxis"))
    assert np.allclose(found, case["expected"], rtol=0, atol=VECTORS["tolerance"])


@pytest.mark.parametrize("case", VECTORS["trust"], ids=lambda case: case["title"])
def test_trust_vectors(case: dict[str, Any]) -> None:
    """As the server computes it (server/src/domain/boxProbes.test.ts)"""
    i, j, k = case["ball"]["centreIjk"]
    places = np.stack(np.meshgrid(*[np.arange(case["edge"])] * 3, indexing="ij"), -1)
    depth = case["ball"]["radius"] - np.sqrt(((places - [k, j, i]) ** 2).sum(-1))
    low, high = np.array(case["low"], float), np.array(case["high"], float)
    faces = low, high, case.get("sliceAxis")
    found = trust_in(BoxProbes(), depth, case["expectedIou"], case["isProbed"], *faces)
    expected = -np.inf if case["expected"] is None else case["expected"]
    assert found == pytest.approx(expected, abs=VECTORS["trustTolerance"])


class ProbedEngine(FakeEngine):
    """Finds a ball about the last include point, and is surer the farther along i that lies."""

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        call = self.calls[-1]
        included = call.coords[call.labels > 0.5]
        logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
        if len(included) == 0:
            return logits, 0.0
        places = np.stack(np.meshgrid(*[np.arange(CUBE)] * 3, indexing="ij"), -1)
        logits[((places - included[-1][::-1]) ** 2).sum(-1) <= RADIUS**2] = 1
        return logits, float(included[-1][0] / 10)


def opened(clicks: tuple[GridClick, ...] = ()) -> tuple[ClickSession, ProbedEngine]:
    scene = Volume(np.random.default_rng(0).normal(size=(60, 120, 140)), np.array([2.0, 1.0, 1.0]))
    engine = ProbedEngine()
    session = ClickSession(engine, scene, ZoomPolicy())  # type: ignore[arg-type]
    session.clicks += clicks
    session.box(LOW, HIGH)
    return session, engine


def middle_mm(session: ClickSession) -> np.ndarray:
    return session.volume.to_mm(np.argwhere(session.mask).mean(0))


def test_the_probe_of_which_the_model_is_surest_is_meant() -> None:
    session, engine = opened()
    assert [len(call.coords) for call in engine.calls] == [0] + 7 * [1]
    # 0.2 of the box's 20 mm beyond its middle, towards higher i
    assert np.allclose(middle_mm(session), [54, 65, 50], atol=0.6)


def test_corrections_are_asked_with_the_middle_of_what_was_found() -> None:
    session, engine = opened()
    del engine.calls[:]
    session.click(GridClick(np.array([25, 65, 52]), True))
    (call,) = engine.calls
    assert session.answer is not None
    told_mm = session.answer.view.region.to_mm(call.coords)
    assert np.allclose(told_mm[0], session.volume.to_mm(np.array([25, 65, 52])))
    assert np.allclose(told_mm[1], [54, 65, 50], atol=3)  # with the ball that the click adds


def test_an_answer_that_fits_its_box_is_taken_at_once() -> None:
    class FittingEngine(ProbedEngine):
        def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
            assert box is not None
            logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
            low, high = np.ceil(box.coords[:3]).astype(int), np.floor(box.coords[3:]).astype(int)
            logits[tuple(slice(low[a], high[a] + 1) for a in (2, 1, 0))] = 1
            return logits, 0.1

    session, _ = opened()
    engine = FittingEngine()
    fitting = ClickSession(engine, session.volume, ZoomPolicy())  # type: ignore[arg-type]
    fitting.box(LOW, HIGH)
    assert len(engine.calls) == 1
    # An include click says what is meant, and the middle is not told besides.
    fitting.click(GridClick(np.array([25, 65, 61]), True))
    assert [len(call.coords) for call in engine.calls] == [0, 1]


def test_an_answer_with_nothing_in_the_box_lacks_everything() -> None:
    nothing = -np.ones((CUBE, CUBE, CUBE), np.float32)
    assert unreached_in(BoxProbes(), nothing, np.full(3, 10.0), np.full(3, 20.0)) == np.inf


def test_who_has_clicked_has_said_what_is_meant() -> None:
    session, engine = opened((GridClick(np.array([25, 65, 45]), True),))
    assert len(engine.calls) == 1


def test_a_new_box_is_looked_through_anew() -> None:
    session, engine = opened()
    session.box(LOW, HIGH - [0, 0, 10])
    assert np.allclose(middle_mm(session), [47, 65, 50], atol=0.6)


def test_a_lasso_that_opens_a_segment_is_a_box_in_a_slice_whose_middle_is_a_probe_too() -> None:
    session, engine = opened()
    fresh = ClickSession(engine, session.volume, ZoomPolicy())  # type: ignore[arg-type]
    del engine.calls[:]
    outline = np.array([[25, 55, 40], [25, 55, 60], [25, 75, 60], [25, 75, 40.0]])
    fresh.lasso(GridPath(outline, True))
    box = engine.calls[0].box
    assert box is not None and box.label == 3  # across k
    assert np.allclose(box.coords[3:5] - box.coords[:2], 20 / 0.8)
    assert [len(call.coords) for call in engine.calls[:7]] == [0] + 6 * [1]
    assert len(fresh.clicks) == 1
    later = len(engine.calls)
    fresh.lasso(GridPath(outline + [2, 0, 0], True))
    assert len(fresh.clicks) > 2 and len(engine.calls) > later
    assert fresh.drawn is not None
    assert np.allclose(fresh.drawn.faces_mm(fresh.volume)[:, 2], 25.5 * 2)
