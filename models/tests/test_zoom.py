"""Vectors that the server's tests read, too."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.data.region import CUBE, LATTICE_VOXELS, SPACINGS_MM, Region, look_spacings_mm, snapped_region
from sam3d.evaluation.rest_regions import regions_of_rest, well_inside
from sam3d.evaluation.zoom import ZoomPolicy, fitted_region, look_regions

VECTORS = Path(__file__).parent / "vectors" / "zoom.json"


def vectors(kind: str) -> list[dict]:
    return json.loads(VECTORS.read_text(encoding="utf-8"))[kind]


def as_json(region: Region) -> dict:
    return {"spacingMm": region.spacing_mm, "cornerIjk": list(region.corner)}


@pytest.mark.parametrize("case", vectors("cases"), ids=lambda case: case["title"])
def test_vectors(case: dict) -> None:
    click = np.array(case["clickMm"])
    looks = look_regions(np.array(case["extentMm"]), np.array(case["voxelMm"]), click)
    assert [as_json(look) for look in looks] == case["looks"]
    if "found" in case:
        found = case["found"]
        region = fitted_region(
            ZoomPolicy(), looks[found["look"]], np.array(found["low"]), np.array(found["high"]), click
        )
        assert as_json(region) == case["fitted"]


@pytest.mark.parametrize("case", vectors("rests"), ids=lambda case: case["title"])
def test_rest_vectors(case: dict) -> None:
    seen = Region(case["seen"]["spacingMm"], tuple(case["seen"]["cornerIjk"]))
    points_mm = np.array(case["pointsMm"])
    regions = regions_of_rest(seen, points_mm, 3)
    assert [list(region.corner) for region in regions] == case["regions"]
    assert np.any([well_inside(region, points_mm, 3) for region in (seen, *regions)], axis=0).all()


@pytest.mark.parametrize("spacing_mm", SPACINGS_MM)
def test_the_click_lies_near_the_centre(spacing_mm: float) -> None:
    for point in np.random.default_rng(0).uniform(0, 500, (50, 3)):
        voxel = snapped_region(point, spacing_mm).to_voxel(point)
        assert np.abs(voxel + 0.5 - CUBE / 2).max() <= LATTICE_VOXELS / 2


def test_nearby_clicks_share_a_region() -> None:
    first = snapped_region(np.array([100.0, 100, 100]), 1.6)
    assert snapped_region(np.array([101.0, 99.5, 100.5]), 1.6) == first
    assert snapped_region(np.array([130.0, 100, 100]), 1.6) != first


def test_looks_are_taken_at_levels_that_the_volume_fills() -> None:
    assert look_spacings_mm(500, 0.7) == (4.5, 2.25, 1.125)
    assert look_spacings_mm(200, 0.7) == (3.2, 1.6, 0.8)
    assert look_spacings_mm(30, 0.7) == (0.8,)


def test_no_look_is_much_closer_than_the_voxels() -> None:
    assert look_spacings_mm(200, 2.4) == (3.2, 1.6, 0.8)
    assert look_spacings_mm(200, 2.5) == (3.2, 1.6)
    assert look_spacings_mm(200, 20) == (3.2,)
