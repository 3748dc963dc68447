"""Vectors that the server's tests read, too. The cubes come from a generator that any language can write:
state ← (1664525 · state + 1013904223) mod 2³²; value = ⌊state / 2¹⁶⌋ mod 2000 − 1000, in flat k-j-i order."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.data.normalisation import normalise, value_range_of

VECTORS = Path(__file__).parent / "vectors" / "normalisation.json"


def generated_cube(seed: int, edge: int) -> np.ndarray:
    state, values = seed, []
    for _ in range(edge**3):
        state = (1664525 * state + 1013904223) % 2**32
        values.append((state >> 16) % 2000 - 1000)
    return np.array(values, np.float32).reshape(edge, edge, edge)


def inside_box(case: dict) -> np.ndarray:
    """insideBoxKji: the in-volume voxels, low inclusive, high exclusive, along k, j, i"""
    edge = case["edge"]
    inside = np.zeros((edge,) * 3, bool)
    inside[tuple(slice(low, high) for low, high in case["insideBoxKji"])] = True
    return inside


def cases() -> list[dict]:
    return json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["title"])
def test_vectors(case: dict) -> None:
    constant = case.get("constant")
    edge = case["edge"]
    cube = (
        np.full((edge,) * 3, constant, np.float32)
        if constant is not None
        else generated_cube(case["seed"], edge)
    )
    value_range = case.get("valueRange")
    channels = normalise(cube, inside_box(case), value_range and tuple(value_range))
    expected = np.array(case["expected"], np.float64).reshape(channels.shape)
    np.testing.assert_allclose(channels, expected, atol=1e-6)


def test_outside_of_the_volume_is_minus_one() -> None:
    inside = np.ones((12,) * 3, bool)
    inside[:4] = False
    assert np.all(normalise(generated_cube(1, 12), inside)[:, :4] == -1)


def test_scale_and_offset_of_the_intensities_do_not_matter() -> None:
    cube, inside = generated_cube(5, 12), np.ones((12,) * 3, bool)
    np.testing.assert_allclose(normalise(cube, inside), normalise(cube * 4 + 64, inside), atol=1e-5)


def test_padding_about_the_field_of_view_changes_nothing_within() -> None:
    cube, inside = generated_cube(7, 12) / 2, np.ones((12,) * 3, bool)
    cube[:, :3] = -1000
    padded = cube.copy()
    padded[:, :3] = -3024
    seen, expected = (normalise(voxels, inside, value_range_of("CT (4D)")) for voxels in (padded, cube))
    np.testing.assert_array_equal(seen, expected)
    assert not np.array_equal(normalise(padded, inside), normalise(cube, inside))


def test_other_modalities_have_no_hounsfield_units() -> None:
    assert value_range_of("MR T1") is None
    assert value_range_of("PET (SUV)") is None
