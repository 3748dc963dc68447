"""Vectors that the server's tests read, too; and what online adaptation promises."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam3d.online import adaptation as online
from sam3d.online.adaptation import MOST_CASES, OnlineAdaptation, fused_logits
from sam3d.online.features import Opening
from sam3d.online.hidden_layer import hidden_layer
from sam3d.online.lattice import local_means, off_lattice, on_lattice
from test_normalisation import generated_cube

VECTORS = json.loads((Path(__file__).parent / "vectors" / "online.json").read_text(encoding="utf-8"))
EDGE = 24


def opening_of(case: dict[str, Any]) -> Opening:
    edge, scales = case["edge"], case["scales"]
    image = np.stack([generated_cube(seed, edge) for seed in case["seeds"]["image"]])
    return Opening(
        generated_cube(case["seeds"]["logits"], edge) * np.float32(scales["logits"]),
        image * np.float32(scales["image"]),
        case["spacingMm"],
        np.array(case["included"]),
    )


def accepted_of(case: dict[str, Any]) -> np.ndarray:
    return generated_cube(case["seeds"]["accepted"], case["edge"]) > 0


def test_vectors() -> None:
    adaptation, tolerance = OnlineAdaptation(), VECTORS["tolerance"]
    for number, case in enumerate(VECTORS["cases"]):
        adaptation.learn(str(number), str(number), opening_of(case), accepted_of(case))
    np.testing.assert_allclose(adaptation.weights(), VECTORS["weights"], atol=tolerance)
    held_back = [case.held_back for case in adaptation.cases if case.held_back is not None]
    np.testing.assert_allclose([one.frozen for one in held_back], VECTORS["frozen"], atol=tolerance)
    np.testing.assert_allclose([one.fused for one in held_back], VECTORS["fused"], atol=tolerance)
    logits = fused_logits(opening_of(VECTORS["cases"][0]), adaptation.weights(), 1.0)
    np.testing.assert_allclose(logits.ravel(), VECTORS["logits"], atol=tolerance)


def test_cases_are_judged_by_what_other_patients_have_taught() -> None:
    adaptation, tolerance = OnlineAdaptation(), VECTORS["tolerance"]
    for number, (case, patient) in enumerate(zip(VECTORS["cases"], VECTORS["patients"], strict=True)):
        adaptation.learn(str(number), patient, opening_of(case), accepted_of(case))
    np.testing.assert_allclose(adaptation.weights(), VECTORS["weights"], atol=tolerance)
    fused = [None if case.held_back is None else list(case.held_back.fused) for case in adaptation.cases]
    assert fused[0] is None
    np.testing.assert_allclose(fused[1:], VECTORS["fusedByPatient"], atol=tolerance)


def test_one_patient_alone_proves_nothing() -> None:
    adaptation = OnlineAdaptation()
    for number in range(4):
        adaptation.learn(str(number), "patient", *ball_case(number, 7 + number % 3))
    assert adaptation.gain == 0
    adaptation.learn("4", "another", *ball_case(4, 8))
    assert adaptation.gain > 0


def test_the_hidden_layer_is_the_same_everywhere() -> None:
    layer = hidden_layer(12)
    assert layer.weights[0, :2].tolist() == pytest.approx(VECTORS["firstWeights"])
    assert layer.biases[-1] == pytest.approx(VECTORS["lastBias"])


def ball(radius: float, shift: float = 0) -> np.ndarray:
    """(EDGE, EDGE, EDGE): distance into the ball, in voxels"""
    k, j, i = np.indices((EDGE,) * 3) - (EDGE - 1) / 2
    return radius - np.sqrt(k * k + j * j + (i - shift) ** 2)


def ball_case(number: int, radius: float) -> tuple[Opening, np.ndarray]:
    """The frozen model finds a ball that is too small by a third; → the opening, and the true ball"""
    rng = np.random.default_rng(number)
    truth = ball(radius) > 0
    image = np.where(truth, 0.4, -0.4) + rng.normal(0, 0.1, truth.shape)
    logits = (2 * ball(radius * 2 / 3) + rng.normal(0, 0.2, truth.shape)).astype(np.float32)
    middle = np.full((1, 3), (EDGE - 1) / 2)
    return Opening(logits, np.stack([image, image]).astype(np.float32), 2.0, middle), truth


def dice(logits: np.ndarray, truth: np.ndarray) -> float:
    return online.dice_of(logits > 0, truth)


def taught(cases: int) -> OnlineAdaptation:
    adaptation = OnlineAdaptation()
    for number in range(cases):
        adaptation.learn(str(number), str(number), *ball_case(number, 7 + number % 3))
    return adaptation


def test_what_is_always_corrected_alike_is_answered_better() -> None:
    opening, truth = ball_case(99, 8)
    assert dice(taught(3).fused(opening), truth) > dice(opening.logits, truth) + 0.2


@pytest.mark.parametrize("cases", [0, 1])
def test_without_a_case_held_back_the_model_answers_alone(cases: int) -> None:
    opening, _ = ball_case(99, 8)
    assert taught(cases).fused(opening) is opening.logits


def test_a_wrong_teacher_is_not_followed() -> None:
    adaptation = taught(3)
    assert adaptation.gain > 0
    opening, _ = ball_case(50, 8)
    elsewhere = ball(3, shift=8) > 0
    adaptation.learn("wrong", "wrong", opening, elsewhere)
    adaptation.learn("wrong again", "wrong again", opening, opening.logits > 0)
    assert adaptation.gain == 0
    assert adaptation.fused(opening) is opening.logits


def test_accepting_a_case_again_replaces_it() -> None:
    once, twice = taught(2), taught(2)
    twice.learn("1", "1", *ball_case(1, 8))
    assert len(twice.cases) == 2
    np.testing.assert_allclose(twice.weights(), once.weights())


def test_the_oldest_cases_are_forgotten() -> None:
    adaptation = taught(MOST_CASES + 2)
    assert [case.key for case in adaptation.cases] == [str(n) for n in range(2, MOST_CASES + 2)]


def test_what_the_model_is_sure_of_stays() -> None:
    opening, _ = ball_case(99, 8)
    difference = taught(3).fused(opening) - opening.logits
    assert np.abs(difference).max() <= online.LARGEST_CORRECTION


def test_lattice_and_back_keep_a_straight_line() -> None:
    line = np.broadcast_to(np.arange(8.0), (8, 8, 8))
    back = off_lattice(on_lattice(line))
    np.testing.assert_allclose(back[..., :-1], line[..., :-1])
    np.testing.assert_allclose(local_means(line)[0, 0], [0.6, 2, 4, 5.8])
