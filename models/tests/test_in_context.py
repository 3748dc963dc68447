"""In-context segmentation: its arithmetic, by vectors that the server reads, too, and what it finds."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume
from sam3d.evaluation.exemplars import COPIED, IN_CONTEXT, TASKS, Case, drawn
from sam3d.evaluation.exemplars_table import exemplars_section
from sam3d.in_context.attention import attended
from sam3d.in_context.cells import CELLS, described, within_steps
from sam3d.in_context.exemplar import Bounds, blurred, evenly_chosen
from sam3d.in_context.place import (
    Foretold,
    Known,
    best_place_mm,
    place_spread_mm,
    usual_place_mm,
    wide_regions,
    wide_spacing_mm,
)
from sam3d.in_context.propagate import shift_weights
from sam3d.in_context.readout import fitted_read_out
from sam3d.in_context.segment_like import ExemplarCase, InContext
from sam3d.in_context.settings import SETTINGS
from sam3d.in_context.spacing import fitted_spacing_mm

VECTORS = json.loads((Path(__file__).parent / "vectors" / "in_context.json").read_text(encoding="utf-8"))
TOLERANCE = 1e-4


def generated(seed: int, *shape: int) -> np.ndarray:
    state, values = seed, []
    for _ in range(int(np.prod(shape))):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(((state >> 16) % 2000 - 1000) / 500)
    return np.array(values, np.float32).reshape(shape)


def volume_of(extent_mm: list[float]) -> Volume:
    return Volume(np.zeros([round(side) for side in extent_mm], np.int16), np.ones(3))


@pytest.mark.parametrize("case", VECTORS["spacings"], ids=lambda case: f"{case['sideMm']} mm")
def test_structures_are_looked_at_as_closely_as_the_server_does(case: dict) -> None:
    assert fitted_spacing_mm(case["sideMm"], case["voxelMm"]) == pytest.approx(case["spacingMm"])


@pytest.mark.parametrize("case", VECTORS["wide"], ids=lambda case: f"{case['extentMm']} mm")
def test_wide_volumes_are_searched_at_the_servers_level(case: dict) -> None:
    assert wide_spacing_mm(volume_of([10, case["extentMm"], 20]), case["spacingMm"]) == case["wideMm"]


def test_cells_are_described_by_all_levels() -> None:
    vector = VECTORS["described"]
    embeddings = {
        level["name"]: generated(level["seed"], 1, level["channels"], *3 * (level["grid"],))
        for level in vector["levels"]
    }
    chosen = np.zeros((CELLS,) * 3, bool)
    chosen[tuple(np.array(vector["cells"]).T)] = True
    np.testing.assert_allclose(
        described(embeddings | {"image": np.zeros((1, 2, 4, 4, 4))}, chosen), vector["rows"], atol=TOLERANCE
    )


def test_cells_within_steps_of_a_structure_are_the_servers() -> None:
    vector = VECTORS["within"]
    cells = np.zeros(vector["shapeKji"], bool)
    cells.flat[vector["cells"]] = True
    assert np.flatnonzero(within_steps(cells, vector["steps"])).tolist() == vector["reached"]


@pytest.mark.parametrize("case", VECTORS["chosen"], ids=lambda case: f"{case['count']} of {case['of']}")
def test_tokens_are_chosen_evenly(case: dict) -> None:
    chosen = evenly_chosen(np.ones((1, 1, case["of"]), bool), case["count"])
    assert np.flatnonzero(chosen).tolist() == case["chosen"]


@pytest.mark.parametrize("case", VECTORS["blurred"], ids=lambda case: str(case["radius"]))
def test_blurring_is_the_servers(case: dict) -> None:
    values = blurred(generated(case["seed"], *case["shapeKji"]), case["radius"])
    np.testing.assert_allclose(values.ravel(), case["values"], atol=TOLERANCE)


def test_masks_are_shifted_as_the_server_shifts_them() -> None:
    vector = VECTORS["shifted"]
    k, j, i = (
        shift_weights(*one)
        for one in zip(vector["shiftedShapeKji"], vector["shapeKji"], vector["shiftKji"], strict=True)
    )
    shifted = np.einsum("ak,bj,ci,kji->abc", k, j, i, generated(vector["seed"], *vector["shapeKji"]))
    np.testing.assert_allclose(shifted.ravel(), vector["values"], atol=TOLERANCE)


def test_the_read_out_is_the_servers() -> None:
    vector = VECTORS["readOut"]
    features = generated(vector["seed"], vector["rows"], vector["channels"])
    read_out = fitted_read_out(features, np.array(vector["targets"]), vector["ridge"])
    asked = generated(vector["asked"]["seed"], vector["asked"]["rows"], vector["channels"])
    np.testing.assert_allclose(read_out.of(asked), vector["read"], atol=TOLERANCE)


def test_attention_is_the_servers() -> None:
    vector = VECTORS["attention"]
    seeds, tokens, cells = vector["seeds"], vector["tokens"], vector["cells"]
    found = attended(
        generated(seeds["cellPlaces"], cells, 3) / 10,
        generated(seeds["cellRead"], cells, 3),
        generated(seeds["tokenPlaces"], tokens, 3) / 10,
        generated(seeds["tokenRead"], tokens, 3),
        np.abs(generated(seeds["shares"], tokens)) / 2,
        SETTINGS.place_sigma,
        SETTINGS.likeness,
    )
    np.testing.assert_allclose(found, vector["values"], atol=TOLERANCE)


@pytest.mark.parametrize("case", VECTORS["place"]["cases"], ids=lambda case: str(case["likelyStep"]))
def test_the_best_place_is_the_servers(case: dict) -> None:
    vector = VECTORS["place"]
    inside = np.ones(vector["shapeKji"], bool)
    inside[:, :, vector["outsideFromI"] :] = False
    cells = np.abs(generated(vector["seed"], *vector["shapeKji"])) * inside
    shape = generated(vector["shapeSeed"], *3 * (vector["shapeSide"],)).astype(float)
    shape -= shape.mean()
    found = best_place_mm(
        Foretold(vector["spacingMm"], np.array(vector["cornerKji"]), cells, inside),
        shape / np.linalg.norm(shape),
        np.array(case["expectedMmKji"], float),
        np.array(case["spreadMmKji"], float),
        case["likelyStep"],
    )
    np.testing.assert_allclose(found, case["placeMmKji"], atol=1e-3)


def test_the_usual_place_and_its_spread_are_the_servers() -> None:
    vector = VECTORS["usual"]
    known = [
        Known(volume_of(one["extentMmKji"]), np.zeros(1), Bounds(centre - 1, centre + 1))
        for one in vector["known"]
        for centre in [np.array(one["placeMmKji"])]
    ]
    query = volume_of(vector["extentMmKji"])
    np.testing.assert_allclose(usual_place_mm(query, known), vector["placeMmKji"], atol=TOLERANCE)
    np.testing.assert_allclose(place_spread_mm(query, known, SETTINGS), vector["spreadMmKji"], atol=TOLERANCE)


def test_wide_regions_cover_a_volume_to_its_end() -> None:
    regions = wide_regions(volume_of([400, 100, 300]), 4.5)
    reached = {tuple(region.corner[::-1]) for region in regions}
    assert max(k for k, _, _ in reached) + CUBE >= 400 / 4.5
    assert all(corner % 8 == 0 for region in regions for corner in region.corner)
    assert min(k for k, _, _ in reached) == 0


class BrightEngine:
    """Sees how bright a voxel is, and answers with what it is told"""

    def encode(self, image: np.ndarray) -> dict[str, np.ndarray]:
        half = image.reshape(2, CELLS, 2, CELLS, 2, CELLS, 2).mean((2, 4, 6))
        return {"image": image[None], "features_half": half[None]}

    def decode(
        self, embeddings: dict, coords: np.ndarray, labels: np.ndarray, previous: np.ndarray
    ) -> tuple[np.ndarray, float]:
        return previous, 1.0


def ball_case(centre: tuple[int, int, int], radius: float) -> ExemplarCase:
    distance = np.linalg.norm(np.argwhere(np.ones((40, 44, 48))) - centre, axis=1).reshape(40, 44, 48)
    ball = distance <= radius
    noise = np.random.default_rng(0).normal(0, 20, ball.shape)
    return ExemplarCase(Volume((ball * 300 + noise).astype(np.int16), np.ones(3)), {"ball": ball})


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return 2 * float((a & b).sum()) / float(a.sum() + b.sum())


def test_a_structure_is_found_where_it_is_and_not_where_it_is_in_the_exemplar() -> None:
    exemplar, query = ball_case((20, 22, 24), 8), ball_case((22, 27, 20), 9)
    found = InContext(BrightEngine()).segment(query.volume, [exemplar], ["ball", "cube"])
    assert overlap(exemplar.masks["ball"], query.masks["ball"]) < 0.7
    assert overlap(found["ball"], query.masks["ball"]) > 0.85
    assert not found["cube"].any()


def test_classes_share_no_voxel() -> None:
    def halved(case: ExemplarCase) -> ExemplarCase:
        upper = np.arange(case.volume.voxels.shape[0])[:, None, None] >= 20
        ball = case.masks["ball"]
        return ExemplarCase(case.volume, {"upper": ball & upper, "lower": ball & ~upper})

    exemplar, query = halved(ball_case((20, 22, 24), 8)), halved(ball_case((20, 23, 24), 8))
    found = InContext(BrightEngine()).segment(query.volume, [exemplar], ["upper", "lower"])
    assert not (found["upper"] & found["lower"]).any()
    assert overlap(found["upper"], query.masks["upper"]) > 0.7


def test_regions_are_looked_at_once() -> None:
    engine = BrightEngine()
    looked: list[Region] = []
    method = InContext(engine)
    original = engine.encode
    engine.encode = lambda image: looked.append(image) or original(image)  # type: ignore[method-assign]
    exemplar, query = ball_case((20, 22, 24), 8), ball_case((20, 22, 24), 8)
    method.segment(query.volume, [exemplar], ["ball"])
    before = len(looked)
    method.segment(query.volume, [exemplar], ["ball"])
    assert len(looked) == before


def test_no_patient_is_an_exemplar_of_itself() -> None:
    cases = [Case(f"{n}", f"patient {n % 4}", ball_case((20, 22, 24), 8)) for n in range(6)]
    for query, exemplars in drawn(TASKS["heart"], cases, cases, 3, 0):
        assert query.patient not in {one.patient for one in exemplars}
        assert len(exemplars) == 3


def test_the_section_of_results_tells_means_by_method_and_number_of_exemplars() -> None:
    origin = {"task": "prostate MR", "split": "dev", "count": 1, "draw": 0}
    records = [
        origin | {"method": IN_CONTEXT, "patient": "a", "case": "a", "dice": {"gland": 0.8}, "seconds": 2.0},
        origin | {"method": IN_CONTEXT, "patient": "b", "case": "b", "dice": {"gland": 0.6}, "seconds": 2.0},
        origin | {"method": COPIED, "patient": "a", "case": "a", "dice": {"gland": 0.5}},
    ]
    section = exemplars_section(records)
    assert "| prostate MR | 1 | 2 | **.700**" in section
    assert ".500" in section
    with pytest.raises(ValueError, match="train"):
        exemplars_section([records[0] | {"split": "train"}])
