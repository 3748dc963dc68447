"""Vectors that the server's tests read, too; and what refining is for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam3d.model.refinement import Refinement, refined_logits
from test_normalisation import generated_cube

VECTORS = json.loads((Path(__file__).parent / "vectors" / "refinement.json").read_text(encoding="utf-8"))


def refined(case: dict[str, Any]) -> np.ndarray:
    seeds, scales, settings = case["seeds"], case["scales"], case["settings"]
    logits = generated_cube(seeds["logits"], case["edge"]) * np.float32(scales["logits"])
    image = np.stack([generated_cube(seed, case["edge"]) for seed in seeds["image"]])
    return refined_logits(
        Refinement(settings["steps"], settings["priorWeight"], settings["contrast"]),
        logits,
        image * np.float32(scales["image"]),
        np.array([point["indexIjk"] for point in case["points"]]),
        np.array([float(point["include"]) for point in case["points"]]),
    )


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["title"])
def test_vectors(case: dict[str, Any]) -> None:
    np.testing.assert_allclose(refined(case).ravel(), case["expected"], atol=VECTORS["tolerance"])


def ball(radius: float, n: int = 32) -> np.ndarray:
    """(n, n, n): distance into the ball, in voxels"""
    k, j, i = np.indices((n, n, n)) - (n - 1) / 2
    return radius - np.sqrt(k * k + j * j + i * i)


def test_a_border_beside_the_edge_moves_onto_it() -> None:
    truth = ball(7) > 0
    image = np.where(truth, 0.5, -0.5)[None].astype(np.float32)
    image += np.random.default_rng(0).normal(0, 0.05, image.shape).astype(np.float32)
    logits = (2 * ball(6)).astype(np.float32)
    click = np.array([[15.0, 15.0, 15.0]])
    after = refined_logits(Refinement(), logits, image, click, np.array([1.0])) > 0
    assert (after != truth).sum() < 0.5 * ((logits > 0) != truth).sum()


def test_clicked_voxels_are_as_the_reader_wants_them() -> None:
    logits = np.full((8, 8, 8), 3, np.float32)
    clicks = np.array([[1.0, 2.0, 3.0], [5.2, 5.0, 5.0]])
    after = refined_logits(Refinement(), logits, np.zeros((2, 8, 8, 8)), clicks, np.array([1.0, 0.0]))
    assert after[3, 2, 1] > 0
    assert after[5, 5, 5] < 0
