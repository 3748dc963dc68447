"""A task learned from a folder, as the command does it."""

import json
from pathlib import Path

import pytest

from sam3d.adaptation.job import Job
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.train import LOG, PRINT_EVERY_STEPS, FolderListener
from task_cases import LABELS, task_case
from test_adaptation_job import OneLayer


def test_a_run_of_steps_that_are_printed_goes_on_to_its_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = TaskSettings(steps=PRINT_EVERY_STEPS, folds=2, samples_per_step=1)
    cases = [task_case(seed) for seed in (1, 2)]
    Job(cases, LABELS, settings, OneLayer, FolderListener(tmp_path)).run()
    assert f"step {settings.steps} of {settings.steps}" in capsys.readouterr().out
    log = [json.loads(line) for line in (tmp_path / LOG).read_text(encoding="utf-8").splitlines()]
    assert all(one["loss"] is not None or one["line"] for one in log), "no line a cube"
    assert sum(one["loss"] is not None for one in log) == 3 * settings.steps
