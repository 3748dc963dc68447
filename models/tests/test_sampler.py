"""What training samples look like."""

from pathlib import Path

import numpy as np

from sam3d.data.augmentation import remapped
from sam3d.data.clicks import correction_click
from sam3d.data.hint import degraded, mistaken
from sam3d.data.sampler import PROCEDURAL, Sampler
from sam3d.data.view import UNFITTING_EXTENT, draw_view
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


def test_fitted_views_hold_the_object_and_every_view_the_click(data: Path) -> None:
    entry = next(e for e in training_entries(read_entries(data)) if e["source"] == "hippocampus")
    volume, rng = load(entry, data), np.random.default_rng(0)
    target = volume.objects[0]
    for click in target.interior[:40].astype(float):
        view = draw_view(volume, target, click, CUBE, rng)
        assert np.all(np.abs(click - view.centre) <= view.step * CUBE / 2)
        if view.fitted:
            side = (target.high - target.low + 1) / view.step / CUBE
            assert UNFITTING_EXTENT[0] / 1.15 <= side.max() <= UNFITTING_EXTENT[1] * 1.15


def test_an_earlier_look_finds_about_the_object() -> None:
    k, j, i = np.ogrid[:CUBE, :CUBE, :CUBE]
    ball = (k - 24) ** 2 + (j - 24) ** 2 + (i - 24) ** 2 < 12**2
    hints = [degraded(ball, np.random.default_rng(seed)) for seed in range(30)]
    overlaps = [2 * (hint & ball).sum() / (hint.sum() + ball.sum()) for hint in hints if hint is not None]
    assert len(overlaps) > 20
    assert np.median(overlaps) > 0.7
    assert max(overlaps) < 1


def test_a_mistaken_look_finds_something_about_the_click() -> None:
    click = np.array([20.0, 30.0, 40.0])
    for seed in range(20):
        hint = mistaken(click, CUBE, np.random.default_rng(seed))
        sides = [np.ptp(np.flatnonzero(hint.any(axes))) / CUBE for axes in ((1, 2), (0, 2), (0, 1))]
        assert 0.15 < max(sides) < 1
        distance = np.abs(np.argwhere(hint).mean(0) - click).max()
        assert distance < CUBE / 4


def test_views_tell_how_much_of_the_object_they_miss(data: Path) -> None:
    entries = [e for e in training_entries(read_entries(data)) if e["source"] == "sts"][:1]
    sampler = Sampler([load(entry, data) for entry in entries], {"sts": 1.0})
    cut_off = 0
    for index in range(30):
        sample = sampler.sample(CUBE, (3, index))
        faces = [np.take(sample.target, end, axis) for axis in range(3) for end in (0, -1)]
        if sample.outside_voxels > 0.3 * sample.target.sum():
            cut_off += 1
            assert any(face.any() for face in faces)
    assert cut_off > 0


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


def test_a_random_curve_keeps_the_range_and_may_turn_contrasts() -> None:
    image = np.linspace(-50, 250, 301, dtype=np.float32)
    curves = [remapped(image, 0, 200, np.random.default_rng(seed)) for seed in range(20)]
    for curve in curves:
        assert curve.dtype == np.float32
        assert curve.min() >= 0
        assert curve.max() <= 200
        assert len(np.unique(curve[50:251])) > 100
    falls = [bool((np.diff(curve[50:251]) < 0).any()) for curve in curves]
    assert any(falls)


def test_looks_and_small_targets_can_be_left_out() -> None:
    """A hint is drawn for fitted regions at another share than for looks; what is left fills its share."""
    every, chosen = (
        Sampler([], {PROCEDURAL: 1.0}, least_voxels, looks_kept)
        for least_voxels, looks_kept in ((0, 1.0), (500, 0.0))
    )
    raw = [every.raw_sample(PROCEDURAL, CUBE, np.random.default_rng((3, index))) for index in range(12)]
    assert {sample.fitted for sample in raw if sample is not None} == {True, False}
    hints = [chosen.sample(CUBE, (3, index)) for index in range(24)]
    assert all(sample.target.sum() >= 500 for sample in hints)
    assert sum(sample.hint is not None for sample in hints) > 8  # 60 % of fitted regions, 25 % of looks
