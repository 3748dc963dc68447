"""Looks of a task at copies of a volume, what its answers have in common, and what RESULTS.md says of it. The
vectors are those of the server's tests, too; values come from the generator of test_normalisation."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sam3d.adaptation.samed.config import SamedConfig
from sam3d.adaptation.views import AS_IT_IS, COPIES, TaskView, shift_voxels, viewed_cube, viewed_plan
from sam3d.data.region_image import Volume
from sam3d.data.sliding_window import Plan, regions_of
from sam3d.evaluation.agreement import class_agreements, mean_agreement
from sam3d.evaluation.disagreement import MIRRORED, Asked, answer, fit_file
from sam3d.evaluation.disagreement_table import (
    TITLE,
    disagreement_section,
    rank_correlation,
    score_of,
    scored_fits,
    worst_third,
)
from sam3d.evaluation.exemplar_disagreement import parts_of
from sam3d.evaluation.result_sections import write_section
from sam3d.evaluation.results import publish
from sam3d.evaluation.tables import Record
from sam3d.evaluation.tasks import TASKS
from test_results import records as evaluation_records

VECTORS = json.loads((Path(__file__).parent / "vectors" / "task_views.json").read_text(encoding="utf-8"))
LABELS = ("a", "b")


def generated(seed: int, count: int) -> np.ndarray:
    state, values = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values.append((state >> 16) % 2000 - 1000)
    return np.array(values, np.float32)


def test_the_copies_are_those_of_the_server() -> None:
    assert [(view.gamma, view.zoom, view.shift) for view in COPIES] == [
        (one["gamma"], one["zoom"], one["shift"]) for one in VECTORS["copies"]
    ]


def test_a_fit_that_was_kept_is_of_the_same_base_settings_and_cases() -> None:
    asked = Asked(TASKS["hippocampus"], "samed", SamedConfig(steps=60), 2, Path("zoo"))
    kept = fit_file(asked, "base 1", ["a", "b"], 0)
    assert kept == fit_file(asked, "base 1", ["a", "b"], 0)
    quicker = replace(asked, settings=SamedConfig(steps=60, learning_rate=0.5))
    others = {
        fit_file(asked, "base 2", ["a", "b"], 0),
        fit_file(asked, "base 1", ["a", "c"], 0),
        fit_file(asked, "base 1", ["a", "b"], 1),
        fit_file(quicker, "base 1", ["a", "b"], 0),
    }
    assert len({kept, *others}) == 5


@pytest.mark.parametrize("case", VECTORS["contrasts"], ids=lambda case: case["title"])
def test_contrasts(case: dict) -> None:
    shape = tuple(case["shapeKji"])
    cube = generated(case["seed"], int(np.prod(shape))).reshape(shape)
    inside = np.zeros(shape, bool)
    inside[tuple(slice(low, high) for low, high in case["insideKji"])] = True
    found = viewed_cube(cube, inside, TaskView(gamma=case["gamma"]))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.reshape(-1)[:: case["stride"]], case["values"], rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("case", VECTORS["windows"], ids=str)
def test_windows(case: dict) -> None:
    plan = Plan(2.0, case["cube"], case["overlap"])
    shift = shift_voxels(plan, TaskView(shift=case["shift"]))
    regions = regions_of(tuple(case["shapeKji"]), plan, shift)
    assert [list(region.corner) for region in regions] == case["cornersIjk"]


@pytest.mark.parametrize("case", VECTORS["agreements"], ids=lambda case: case["title"])
def test_agreements(case: dict) -> None:
    answers = [np.array(one, np.uint8).reshape(case["shapeKji"]) for one in case["answers"]]
    found = class_agreements(answers, case["classes"])
    assert found == pytest.approx(case["dice"], abs=1e-12)


def test_nothing_in_common_is_known_of_what_no_answer_finds() -> None:
    nothing = np.zeros((2, 2, 2), np.uint8)
    assert class_agreements([nothing, nothing], 1) == [None]
    assert mean_agreement([None]) is None
    assert mean_agreement([None, 0.5]) == 0.5


class Thresholded(torch.nn.Module):
    """One class where the first channel is above 0"""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.stack([-image[:, 0], image[:, 0]], 1) * 50


def test_a_model_that_looks_at_voxels_alone_answers_alike_whatever_is_mirrored_or_shifted() -> None:
    place = np.stack(np.meshgrid(*[np.arange(24)] * 3, indexing="ij"))
    ball = np.linalg.norm(place - 11.5, axis=0) < 7
    volume = Volume(np.where(ball, 100, 0).astype(np.float32), np.ones(3))
    plan = Plan(1.0)
    looks = [answer(Thresholded(), volume, plan)]
    looks += [answer(Thresholded(), volume, plan, mirrored=axes) for axes in MIRRORED]
    looks += [answer(Thresholded(), volume, plan, view) for view in COPIES if view.shift != 0]
    assert (looks[0] == ball).all()
    assert class_agreements(looks, 1) == [1.0]
    assert viewed_plan(plan, AS_IT_IS) == plan


def record(patient: int, seed: int, dice: float, copies: float, **changes: object) -> Record:
    return {
        "task": "hippocampus MR",
        "method": "samed",
        "split": "dev",
        "exemplars": ["x", "y"],
        "config": {"steps": 60},
        "answers": 7,
        "case": f"case-{patient}",
        "patient": f"patient-{patient}",
        "seed": seed,
        "dice": {"a": dice, "b": None},
        "copies": {"a": copies, "b": None},
        "versions": {"a": 0.5, "b": 0.9 - 0.01 * patient},
        "mirrored": {"a": 1 - copies, "b": None},
    } | changes


def records() -> list[Record]:
    """Errors in the order of the scores in fit 0, in the opposite one in fit 1"""
    return [
        record(n, seed, 0.9 - 0.1 * n, 0.9 - 0.1 * n if seed == 0 else 0.1 + 0.1 * n)
        for seed in (0, 1)
        for n in range(6)
    ]


def test_correlation_is_that_of_each_fit() -> None:
    fits = scored_fits(records(), "copies")
    assert [len(fit.scores) for fit in fits] == [6, 6]
    assert rank_correlation(fits[:1]) == pytest.approx(1)
    assert rank_correlation(fits[1:]) == pytest.approx(-1)
    assert rank_correlation(fits) == pytest.approx(0)
    assert worst_third(fits[:1]) == "2 of 2"
    assert worst_third(fits) == "2 of 4"


def test_what_is_served_is_the_larger_score() -> None:
    one = record(0, 0, 0.9, 0.95)
    assert score_of(one, "copies") == pytest.approx(0.05)
    assert score_of(one, "versions") == pytest.approx(0.3)
    assert score_of(one, "served") == pytest.approx(0.3)
    assert score_of(record(0, 0, 0.9, 0.2), "served") == pytest.approx(0.8)


def test_a_patient_without_a_score_in_one_fit_is_left_out_of_all() -> None:
    lost = record(3, 1, 0.5, 0.5) | {"copies": {"a": None, "b": None}}
    kept = [one for one in records() if (one["patient"], one["seed"]) != ("patient-3", 1)]
    assert [len(fit.scores) for fit in scored_fits([*kept, lost], "copies")] == [5, 5]


def test_of_a_set_there_are_parts_alone_and_no_steps() -> None:
    keys = ("copies", "versions", "mirrored")
    of_set = [
        {key: value for key, value in one.items() if key not in keys}
        | {"method": "in context", "config": {}, "answers": 4, "parts": one["copies"]}
        for one in records()
    ]
    text = disagreement_section(of_set)
    rows = [line for line in text.splitlines() if line.startswith("| hippocampus")]
    assert len(rows) == 1
    assert rows[0].startswith("| hippocampus MR | in context | 2 | 6 | 2 | parts | **.000**<br>")
    assert "- *parts*: answers by 4 parts" in text
    assert "- *copies*" not in text


def test_parts_leave_out_each_case_once() -> None:
    for count, sizes in ((2, [1, 1]), (3, [2, 2, 2]), (6, [4, 4, 5, 5])):
        parts = parts_of(list(range(count)))
        assert [len(part) for part in parts] == sizes
        left_out = sorted(case for part in parts for case in set(range(count)) - set(part))
        assert left_out == list(range(count))


def test_the_section_says_how_many_were_measured_and_survives_the_other_results(tmp_path: Path) -> None:
    target = tmp_path / "RESULTS.md"
    publish(target, evaluation_records())
    write_section(target, disagreement_section(records()))
    text = target.read_text(encoding="utf-8")
    assert text.count(TITLE) == 1
    assert "| hippocampus MR | samed, 60 steps | 2 | 6 | 2 | copies | **.000**<br>" in text
    publish(target, evaluation_records())
    assert target.read_text(encoding="utf-8") == text
    with pytest.raises(ValueError, match="train"):
        disagreement_section([record(0, 0, 0.5, 0.5, split="train")])
