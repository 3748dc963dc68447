"""The evaluation's reader, baseline and cases."""

from pathlib import Path

import numpy as np

from sam3d.data.volume_store import read_entries
from sam3d.evaluation.cases import select_cases
from sam3d.evaluation.metrics import dice
from sam3d.evaluation.region_growing import region_growing, without_noise
from sam3d.evaluation.simulated_reader import first_click, next_click

SPACING = np.array([2.0, 1.0, 1.0])


def box(low: int, high: int) -> np.ndarray:
    mask = np.zeros((30, 30, 30), bool)
    mask[low:high, low:high, low:high] = True
    return mask


def test_first_click_is_deep_inside() -> None:
    truth = box(5, 25)
    click = first_click(truth, SPACING, np.random.default_rng(0))
    assert click.include
    assert box(9, 21)[tuple(click.voxel)]


def test_next_click_corrects_the_largest_error() -> None:
    everywhere = np.ones((30, 30, 30), bool)
    missed = next_click(box(5, 10), box(5, 25), everywhere, SPACING)
    extra = next_click(box(5, 25), box(5, 10), everywhere, SPACING)
    assert missed is not None and missed.include
    assert extra is not None and not extra.include
    assert next_click(box(5, 25), box(5, 25), everywhere, SPACING) is None


def test_region_growing_finds_a_homogeneous_box() -> None:
    truth = box(8, 22)
    image = np.where(truth, 100.0, 0.0) + np.random.default_rng(0).normal(0, 5, truth.shape)
    mask = region_growing(without_noise(image.astype(np.float32)), np.array([[15.0, 15, 15]]), np.ones(1))
    assert dice(mask, truth) > 0.8


def test_region_growing_keeps_away_from_excluded_points() -> None:
    image = np.zeros((30, 30, 30), np.float32)
    mask = region_growing(image, np.array([[5.0, 15, 15], [25, 15, 15]]), np.array([1.0, 0.0]))
    assert mask[15, 15, 5]
    assert not mask[15, 15, 25]


def test_cases_are_never_trained_on(data: Path) -> None:
    entries = {entry["id"]: entry for entry in read_entries(data)}
    cases = select_cases(list(entries.values()))
    assert cases
    assert all(entries[case.entry_id]["split"] == "dev" for case in cases)
