"""Which runs make the rows of 'Learned tasks', and that none is made twice."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam3d.adaptation.methods import plain
from sam3d.evaluation import one_click, task_rows
from sam3d.evaluation.model_name import model_name
from sam3d.evaluation.records import read_log
from sam3d.evaluation.task_rows import METHOD_ROWS, SEEDS, Run, runs_of
from sam3d.evaluation.task_table import ONE_CLICK
from sam3d.evaluation.tasks import TASKS, ZOO, append_records
from task_cases import task_case


def record_of(run: Run) -> dict[str, Any]:
    return {
        "model": model_name(ZOO),
        "task": TASKS[run.row.task].title,
        "method": run.method,
        "seed": run.settings.seed,
        "exemplars": ["a"] * run.row.exemplars,
        "config": plain(run.settings),
        "case": "x",
    }


def test_every_row_has_its_seeds_and_the_methods_come_first() -> None:
    runs = list(runs_of({"steps": 7}))
    assert set(Counter(run.row for run in runs).values()) == {len(SEEDS)}
    assert {run.row for run in runs[: len(METHOD_ROWS) * len(SEEDS)]} == set(METHOD_ROWS)
    assert {run.settings.steps for run in runs} == {7}
    shares = {(run.row.exemplars, run.settings.synthesis_share > 0) for run in runs if run.method == "samed"}
    assert shares >= {(count, share) for count in (1, 2, 5, 10) for share in (True, False)}


def test_a_run_is_done_by_a_record_of_its_settings_alone() -> None:
    run, *_ = runs_of({})
    record = record_of(run)
    assert run.is_done([record])
    assert not run.is_done([record | {"exemplars": ["a"]}])
    assert not run.is_done([record | {"task": "another"}])
    other = replace(run.settings, learning_rate=run.settings.learning_rate * 2)
    assert not run.is_done([record | {"config": plain(other)}])


def test_the_command_goes_on_after_a_run_that_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    log, every = tmp_path / "tasks.jsonl", list(runs_of({}))
    ran: list[Run] = []

    def fake(_: object, given: tuple[Run, Path]) -> int:
        ran.append(given[0])
        if len(ran) == 2:
            return 137
        append_records(given[1], [record_of(given[0])])
        return 0

    def clicked(name: str, _evaluated: int, _zoo: Path, path: Path) -> None:
        record = {"task": TASKS[name].title, "method": ONE_CLICK, "exemplars": [], "config": {}}
        append_records(path, [{"model": model_name(ZOO)} | record])

    monkeypatch.setattr(task_rows, "in_own_process", fake)
    monkeypatch.setattr(task_rows, "evaluate_one_click", clicked)
    monkeypatch.setattr(sys, "argv", ["task_rows", "--log", str(log)])
    task_rows.main()
    assert ran == every
    assert f"not run: {every[1]}: it ended with code 137" in capsys.readouterr().out
    task_rows.main()
    assert ran == [*every, every[1]]
    assert [record["method"] for record in read_log(log)].count(ONE_CLICK) == 2


def test_rows_of_another_model_are_not_taken_for_those_of_this_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    log = tmp_path / "tasks.jsonl"
    append_records(log, [record_of(next(runs_of({}))) | {"model": "sam3d-tiny 0.1.0 (00000000)"}])
    monkeypatch.setattr(task_rows, "in_own_process", lambda *_: pytest.fail("nothing is to be run"))
    monkeypatch.setattr(sys, "argv", ["task_rows", "--log", str(log)])
    with pytest.raises(SystemExit):
        task_rows.main()
    assert "sam3d-tiny 0.1.0 (00000000)" in capsys.readouterr().err


def test_one_click_is_measured_in_each_structure_that_a_case_shows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = "hippocampus"
    whole, part = task_case(1), task_case(2)
    part.labels[part.labels == 2] = 0
    monkeypatch.setattr(one_click, "cases_of", lambda *_: ([], [whole, part]))
    monkeypatch.setattr(one_click, "OnnxEngine", lambda _: None)
    monkeypatch.setattr(one_click, "model_name", lambda _: "base")

    def perfect(_: object, case: one_click.ExemplarCase, label: str) -> np.ndarray:
        return case.masks[label]

    monkeypatch.setattr(one_click, "clicked", perfect)
    log = tmp_path / "tasks.jsonl"
    one_click.evaluate_one_click(name, 2, tmp_path, log)
    first, second = TASKS[name].labels
    assert [record["dice"] for record in read_log(log)] == [{first: 1, second: 1}, {first: 1, second: None}]
