"""Vectors that the server's tests read, too. Logits come from the generator of test_normalisation, one seed a
cube in the cubes' order: seed + its index; logit = value / 500, in channel-k-j-i order."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.data.region import Region
from sam3d.data.region_image import Volume
from sam3d.data.sliding_window import (
    MOST_PROBABILITIES,
    Plan,
    axis_corners,
    cube_weights,
    fused_probabilities,
    level_shape,
    native_labelmap,
    regions_of,
    segment,
    softmax,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "sliding_window.json").read_text(encoding="utf-8"))
WEIGHT_TOLERANCE = 1e-9


def generated_logits(seed: int, channels: int, edge: int) -> np.ndarray:
    state, values = seed, []
    for _ in range(channels * edge**3):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(((state >> 16) % 2000 - 1000) / 500)
    return np.array(values, np.float32).reshape(channels, edge, edge, edge)


def generated_segmentation(case: dict) -> np.ndarray:
    volume = Volume(np.zeros(case["shapeKji"], np.float32), np.array(case["spacingMmKji"]))
    plan = Plan(case["spacingMm"], case["cube"], case["overlap"])
    seeds = {
        region.corner: case["seed"] + index
        for index, region in enumerate(regions_of(level_shape(volume, plan), plan))
    }

    def predict(region: Region) -> np.ndarray:
        return softmax(generated_logits(seeds[region.corner], case["channels"], case["cube"]))

    return segment(volume, plan, predict)


@pytest.mark.parametrize("case", VECTORS["starts"], ids=lambda case: f"{case['length']} in {case['cube']}")
def test_cubes_start_where_the_server_starts_them(case: dict) -> None:
    assert axis_corners(case["length"], Plan(1.0, case["cube"], case["overlap"])) == case["starts"]


def test_a_plan_takes_no_more_than_the_server_has() -> None:
    assert MOST_PROBABILITIES == VECTORS["mostProbabilities"]


@pytest.mark.parametrize("case", VECTORS["weights"], ids=lambda case: str(case["cube"]))
def test_weights_are_the_servers(case: dict) -> None:
    weights = cube_weights(case["cube"])
    found = [weights[tuple(at)] for at in case["at"]]
    np.testing.assert_allclose(found, case["values"], atol=WEIGHT_TOLERANCE)


@pytest.mark.parametrize("case", VECTORS["segmentations"], ids=lambda case: case["title"])
def test_generated_logits_give_the_servers_labelmap(case: dict) -> None:
    labelmap = generated_segmentation(case)
    assert set(labelmap.ravel().tolist()) == set(range(case["channels"]))
    np.testing.assert_array_equal(labelmap.ravel(), case["labelmap"])


@pytest.mark.parametrize("length", [1, 63, 64, 65, 97, 200, 333])
def test_cubes_cover_an_axis_with_the_overlap_asked_for(length: int) -> None:
    starts = axis_corners(length, Plan(1.0))
    covered = np.zeros(length, bool)
    for start in starts:
        covered[max(0, start) : start + 64] = True
    assert covered.all()
    assert all(later - earlier <= 32 for earlier, later in zip(starts, starts[1:], strict=False))


def test_what_every_cube_says_alike_is_what_is_fused() -> None:
    shape, plan = (10, 21, 8), Plan(1.0, 8)
    truth = np.random.default_rng(0).uniform(size=shape)

    def predict(region: Region) -> np.ndarray:
        i, j, k = region.corner
        part = np.zeros((8, 8, 8))
        seen = truth[k : k + 8, j : j + 8, i : i + 8]
        part[: seen.shape[0], : seen.shape[1], : seen.shape[2]] = seen
        return np.stack([1 - part, part])

    fused = fused_probabilities(shape, plan, predict)
    np.testing.assert_allclose(fused[1], truth, atol=1e-6)


def test_background_wins_ties() -> None:
    volume = Volume(np.zeros((5, 6, 7), np.float32), np.ones(3))
    fused = np.full((3, 5, 6, 7), 1 / 3, np.float32)
    assert not native_labelmap(fused, volume, Plan(1.0)).any()


def test_a_grid_of_the_plans_spacing_keeps_every_voxel() -> None:
    labels = np.random.default_rng(1).integers(0, 3, (9, 8, 7))
    fused = np.stack([labels == value for value in range(3)]).astype(np.float32)
    volume = Volume(np.zeros(labels.shape, np.float32), np.full(3, 1.5))
    np.testing.assert_array_equal(native_labelmap(fused, volume, Plan(1.5)), labels)
