"""A segment opened by a box: where it is looked for, what the model is told, which pieces are kept."""

import numpy as np
import pytest

from conftest import ZOO
from fake_engine import FakeEngine
from sam3d.data.boxes import Box
from sam3d.data.region import CUBE, Region, snapped_region
from sam3d.data.region_image import Volume
from sam3d.evaluation.click_session import ClickSession
from sam3d.evaluation.engine import OnnxEngine
from sam3d.evaluation.protocols import CLICKS, opening_box, play_box
from sam3d.evaluation.simulated_reader import GridClick, drawn_box
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.model.box_prompts import SOLID_BOX

SPACING_MM = np.array([2.0, 1.0, 1.0])
LOW, HIGH = np.array([20, 50, 40]), np.array([29, 79, 59])  # 20 × 30 × 20 mm
FAR = (34, 45, 30)  # a piece in the region, outside the box


class BoxEngine(FakeEngine):
    """Answers with the box, and a second piece: unsure, so that looks would be asked again."""

    def __init__(self, region: Region, volume: Volume) -> None:
        super().__init__()
        self.far = np.rint(region.to_voxel(volume.to_mm(np.array(FAR)))).astype(int)[::-1]

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
        assert box is not None
        faces = np.ceil(box.coords).astype(int)
        logits[tuple(slice(faces[a], faces[a + 3]) for a in (2, 1, 0))] = 1
        logits[tuple(slice(c - 1, c + 2) for c in self.far)] = 1
        return logits, 0.0


def volume() -> Volume:
    return Volume(np.random.default_rng(0).normal(size=(60, 120, 140)), SPACING_MM)


def opened() -> tuple[ClickSession, BoxEngine, np.ndarray]:
    region = snapped_region(np.array([50.0, 65, 50]), 0.8)
    engine = BoxEngine(region, volume())
    session = ClickSession(engine, volume(), ZoomPolicy())  # type: ignore[arg-type]
    return session, engine, session.box(LOW, HIGH)


def test_the_region_follows_from_the_box() -> None:
    session, engine, _ = opened()
    assert session.answer is not None
    assert session.answer.view.region == snapped_region(np.array([50.0, 65, 50]), 0.8)
    assert all(
        np.array_equal(call.box.coords, engine.calls[0].box.coords) for call in engine.calls
    )  # no looks


def test_a_larger_box_has_a_wider_region() -> None:
    engine = BoxEngine(snapped_region(np.array([50.0, 65, 50]), 1.125), volume())
    session = ClickSession(engine, volume(), ZoomPolicy())  # type: ignore[arg-type]
    session.box(LOW, HIGH + np.array([0, 15, 0]))  # 45 mm: 1.5 times as much is beyond 51.2 mm
    assert session.answer is not None
    assert session.answer.view.region == snapped_region(np.array([50.0, 72.5, 50]), 1.125)


def test_the_model_is_told_the_faces_in_the_regions_voxels() -> None:
    session, engine, _ = opened()
    call = engine.calls[0]
    corner = np.array(snapped_region(np.array([50.0, 65, 50]), 0.8).corner)
    assert call.previous is None
    assert call.coords.shape == (0, 3)
    assert call.box is not None and call.box.label == SOLID_BOX
    low, high = call.box.coords[:3], call.box.coords[3:]
    assert np.allclose(low + 0.5 + corner, np.array([40, 50, 40]) / 0.8)
    assert np.allclose(high + 0.5 + corner, np.array([60, 80, 60]) / 0.8)


def test_pieces_in_the_box_or_clicked_are_kept() -> None:
    session, _, mask = opened()
    assert mask[25, 65, 50]
    assert np.argwhere(mask).min(0).tolist() == LOW.tolist()
    assert np.argwhere(mask).max(0).tolist() == HIGH.tolist()
    both = session.click(GridClick(np.array(FAR), True))
    assert both[FAR] and both[25, 65, 50]


def test_later_decodes_are_told_of_the_box_and_no_look_is_asked_again() -> None:
    session, engine, _ = opened()
    opening = len(engine.calls)
    session.click(GridClick(np.array([20, 50, 39]), True))
    assert len(engine.calls) == opening + 1
    assert engine.calls[-1].previous is not None
    assert engine.calls[-1].box is not None
    assert np.array_equal(engine.calls[-1].box.coords, engine.calls[0].box.coords)  # type: ignore[union-attr]


def test_in_another_region_the_box_has_other_voxels() -> None:
    session, engine, _ = opened()
    first = session.answer.view.region  # type: ignore[union-attr]
    session.click(GridClick(np.array([20, 50, 76]), True))
    second = session.answer.view.region  # type: ignore[union-attr]
    moved = np.array(second.corner) - np.array(first.corner)
    assert moved.any()
    one, other = (engine.calls[at].box.coords for at in (0, -1))  # type: ignore[union-attr]
    assert np.allclose(one - other, np.tile(moved, 2))


@pytest.mark.parametrize("seed", range(5))
def test_a_drawn_box_is_a_little_too_large(seed: int) -> None:
    truth = np.zeros((60, 120, 140), bool)
    truth[20:30, 0:100, 40:60] = True
    low, high = drawn_box(truth, np.random.default_rng(seed))
    outward = np.stack([np.array([20, 0, 40]) - low, high - np.array([29, 99, 59])])
    assert np.all(outward >= 0) and np.all(outward <= np.rint([1.5, 6, 2]))
    assert outward[0, 1] == 0  # the volume ends there
    assert outward.any()


def test_a_case_has_one_box() -> None:
    truth = np.zeros((60, 120, 140), bool)
    truth[20:30, 10:100, 40:60] = True
    one, same, other = (opening_box(truth, name) for name in ("a", "a", "b"))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_shipped_graphs_can_be_opened_by_a_box() -> None:
    scene = Volume(np.random.default_rng(0).normal(size=(24, 48, 48)), SPACING_MM)
    truth = np.zeros(scene.voxels.shape, bool)
    truth[8:16, 16:32, 16:32] = True
    play = play_box(
        OnnxEngine(ZOO), ZoomPolicy(), scene._replace(voxels=scene.voxels + 5 * truth), truth, "case"
    )
    assert len(play.dice) == len(play.nsd) == CLICKS
    assert play.dice[-1] > 0.3


def test_the_model_is_told_only_of_clicks_in_its_region() -> None:
    opened = volume()
    session = ClickSession(OnnxEngine(ZOO), opened, ZoomPolicy())
    session.clicks = [GridClick(np.array([30, 60, 70]), True), GridClick(np.array([2, 4, 4]), False)]
    coords, labels = session.placed(session.clicks, snapped_region(opened.to_mm(np.array([30, 60, 70])), 0.8))
    assert labels.tolist() == [1]
    assert np.all((coords >= -0.5) & (coords <= CUBE - 0.5))
    assert (
        len(session.placed(session.clicks, snapped_region(opened.to_mm(np.array([30, 60, 70])), 4.5))[1]) == 2
    )
