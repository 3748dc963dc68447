"""What training samples look like."""

from pathlib import Path

import numpy as np
import pytest

from sam3d.data.clicks import correction_click
from sam3d.data.extent import TYPICAL_EXTENT, TYPICAL_SHARE, draw_extent
from sam3d.data.sampler import PROCEDURAL, Sampler
from sam3d.data.volume_store import load, read_entries, training_entries

CUBE = 48


def check(sample) -> None:  # noqa: ANN001
    assert sample.image.shape == (2, CUBE, CUBE, CUBE)
    assert sample.image.dtype == np.float32
    assert np.isfinite(sample.image).all()
    assert np.abs(sample.image).max() <= 1
    assert sample.target.any()
    assert sample.target[tuple(sample.click)]


def test_procedural_samples_are_sound_and_repeatable() -> None:
    sampler = Sampler([], {PROCEDURAL: 1.0})
    for index in range(12):
        check(sampler.sample(CUBE, (7, index)))
    first, again = sampler.sample(CUBE, (7, 0)), sampler.sample(CUBE, (7, 0))
    np.testing.assert_array_equal(first.image, again.image)
    assert not np.array_equal(first.image, sampler.sample(CUBE, (7, 1)).image)


def test_real_samples_are_sound(data: Path) -> None:
    entries = [e for e in training_entries(read_entries(data)) if e["source"] == "hippocampus"][:3]
    sampler = Sampler([load(entry, data) for entry in entries], {"hippocampus": 1.0})
    for index in range(8):
        check(sampler.sample(CUBE, (1, index)))


def test_most_objects_fill_the_cube_well() -> None:
    rng = np.random.default_rng(0)
    extents = np.array([draw_extent(rng) for _ in range(4000)])
    assert np.mean(extents >= TYPICAL_EXTENT[0]) == pytest.approx(TYPICAL_SHARE, abs=0.03)


def test_nothing_but_the_training_split_is_trained_on(data: Path) -> None:
    chosen = training_entries(read_entries(data))
    assert chosen
    assert all(entry["split"] == "train" and entry["permissive"] for entry in chosen)
    evaluated = {entry["patient"] for entry in read_entries(data) if entry["split"] == "dev"}
    assert not evaluated & {entry["patient"] for entry in chosen}


def test_corrections_fall_into_the_error_with_the_right_polarity() -> None:
    target, predicted = np.zeros((CUBE,) * 3, bool), np.zeros((CUBE,) * 3, bool)
    target[10:30, 10:30, 10:30] = True
    predicted[10:30, 10:30, 20:40] = True
    rng = np.random.default_rng(0)
    for _ in range(20):
        click = correction_click(predicted, target, rng)
        assert click is not None
        voxel = tuple(click.voxel)
        assert predicted[voxel] != target[voxel]
        assert click.include == target[voxel]
    assert correction_click(target, target, rng) is None
