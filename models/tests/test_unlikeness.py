"""Whether what was clicked looks like what a look shows."""

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
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.unlikeness import unlikeness
from sam3d.evaluation.zoom import ZoomPolicy

VECTORS = json.loads((Path(__file__).parent / "vectors" / "unlikeness.json").read_text(encoding="utf-8"))


def ball(centre: list[float], radius: float) -> np.ndarray:
    """centre (i, j, k) → (n, n, n) bool"""
    k, j, i = np.ogrid[:CUBE, :CUBE, :CUBE]
    return (i - centre[0]) ** 2 + (j - centre[1]) ** 2 + (k - centre[2]) ** 2 <= radius**2


def scene(case: dict[str, Any]) -> np.ndarray:
    """Tissue whose intensities vary by `spread`, and a nodule in it"""
    k, j, i = np.ogrid[:CUBE, :CUBE, :CUBE]
    image = case["spread"] * ((7 * i + 13 * j + 29 * k) % 101) / 100
    nodule = case["nodule"]
    image[ball(nodule["centreIjk"], nodule["radius"])] += nodule["brighter"]
    return image.astype(np.float32)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["title"])
def test_vectors(case: dict[str, Any]) -> None:
    found = ball(case["found"]["centreIjk"], case["found"]["radius"])
    clicked = np.array(case["clickedIjk"])[::-1]
    assert unlikeness(scene(case), found, clicked) == pytest.approx(
        case["expected"], abs=VECTORS["tolerance"]
    )


class OrganEngine(FakeEngine):
    """Finds a large block in the middle of whatever it sees, and is sure of it."""

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        logits = -np.ones((CUBE, CUBE, CUBE), np.float32)
        logits[8:-8, 8:-8, 8:-8] = 1
        return logits, 0.9


@pytest.mark.parametrize(("brightness", "looks"), [(0.0, 1), (900.0, 3)])
def test_a_look_that_shows_what_does_not_look_like_the_click_is_questioned(
    brightness: float, looks: int
) -> None:
    voxels = np.random.default_rng(3).normal(-850, 40, (160, 160, 160)).astype(np.float32)
    voxels[:, :, :40] = 40  # a chest wall
    voxels[72:89, 72:89, 72:89] += brightness
    engine = OrganEngine()
    session = ClickSession(engine, Volume(voxels, np.ones(3)), ZoomPolicy())  # type: ignore[arg-type]
    session.click(GridClick(np.array([80, 80, 80]), True))
    asked = [call for call in engine.calls if call.previous is None]
    assert len(asked) == looks
