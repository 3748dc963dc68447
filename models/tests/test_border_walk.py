"""Vectors that the server's tests read, too; and what the walk is for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam3d.model.border_walk import BorderWalk, walked_logits
from test_normalisation import generated_cube

VECTORS = json.loads((Path(__file__).parent / "vectors" / "border_walk.json").read_text(encoding="utf-8"))
SHOWN = {
    "reachVoxels": "reach_voxels",
    "priorChance": "prior_chance",
    "overRelaxation": "over_relaxation",
    "leastAgreement": "least_agreement",
}


def depth_in_ball(edge: int, centre_ijk: list[float], radius: float) -> np.ndarray:
    """(n, n, n): distance into the ball, in voxels"""
    k, j, i = np.indices((edge,) * 3)
    away = [index - centre for index, centre in zip((i, j, k), centre_ijk, strict=True)]
    return radius - np.sqrt(sum(step * step for step in away))


def walked(case: dict[str, Any]) -> np.ndarray:
    """A model's ball of logits, in an image of another ball, both with noise"""
    edge, seeds, scales, settings = case["edge"], case["seeds"], case["scales"], case["settings"]
    logits = 2 * depth_in_ball(edge, **in_snake_case(case["found"]))
    logits = logits.astype(np.float32) + generated_cube(seeds["logits"], edge) * np.float32(scales["logits"])
    bright = np.where(depth_in_ball(edge, **in_snake_case(case["shown"])) > 0, 0.5, -0.5)
    image = bright.astype(np.float32) + generated_cube(seeds["image"], edge) * np.float32(scales["image"])
    return walked_logits(
        BorderWalk(channel=0, **{SHOWN.get(key, key): value for key, value in settings.items()}),
        logits,
        image[None],
        np.array([point["indexIjk"] for point in case["points"]], float).reshape(-1, 3),
        np.array([float(point["include"]) for point in case["points"]]),
    )


def in_snake_case(ball: dict[str, Any]) -> dict[str, Any]:
    return {"centre_ijk": ball["centreIjk"], "radius": ball["radius"]}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["title"])
def test_vectors(case: dict[str, Any]) -> None:
    np.testing.assert_allclose(walked(case).ravel(), case["expected"], atol=VECTORS["tolerance"])


def scene(radius: float, found_radius: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """→ what the model says, the image (1, n, n, n), the truth"""
    truth = depth_in_ball(32, [15.5] * 3, radius) > 0
    image = np.where(truth, 0.5, -0.5)[None].astype(np.float32)
    image += np.random.default_rng(0).normal(0, 0.03, image.shape).astype(np.float32)
    return depth_in_ball(32, [15.5] * 3, found_radius).astype(np.float32), image, truth


CLICK = np.array([[15.0, 15.0, 15.0]])


def test_a_border_far_beside_the_edge_moves_onto_it() -> None:
    logits, image, truth = scene(9.5, 7.5)
    after = walked_logits(BorderWalk(channel=0, least_agreement=0.6), logits, image, CLICK, np.ones(1)) > 0
    assert (after != truth).sum() < 0.2 * ((logits > 0) != truth).sum()


def test_what_leads_too_far_from_the_model_is_not_followed() -> None:
    logits, image, _ = scene(11, 7)
    after = walked_logits(BorderWalk(channel=0), logits, image, CLICK, np.ones(1))
    np.testing.assert_array_equal(after > 0, logits > 0)


def test_clicks_are_as_the_reader_wants_them_and_nothing_else_changes_in_an_empty_answer() -> None:
    logits, image = np.full((8, 8, 8), -3, np.float32), np.zeros((1, 8, 8, 8))
    clicks = np.array([[1.0, 2.0, 3.0], [5.2, 5.0, 5.0]])
    after = walked_logits(BorderWalk(channel=0), logits, image, clicks, np.array([1.0, 0.0]))
    assert after[3, 2, 1] > 0
    assert after[5, 5, 5] < 0
    assert np.count_nonzero(after != logits) <= 2


def test_a_structure_that_the_region_cuts_stays_cut() -> None:
    logits = np.full((16, 16, 16), -4, np.float32)
    logits[:8] = 4
    after = walked_logits(BorderWalk(channel=0), logits, np.zeros((1, 16, 16, 16)), CLICK - 8, np.ones(1))
    assert (after[0] > 0).all()
