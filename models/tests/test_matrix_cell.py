"""Cells of the matrix on real volumes, one step long: what their records say, and on whom they measure."""

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import ZOO
from sam3d.adaptation.pretraining import Pretraining
from sam3d.data.volume_store import read_entries
from sam3d.evaluation import matrix_cell
from sam3d.evaluation.evaluated_base import base_of_zoo
from sam3d.evaluation.matrix import common_settings
from sam3d.evaluation.matrix_cell import PRE_TRAINED, PROMPT_BASED, Cell, CellRun, run_base_click, run_cell
from sam3d.evaluation.matrix_table import matrix_section
from sam3d.evaluation.records import read_log
from sam3d.evaluation.tasks import cases_of


def cell_run(setting: str, log: Path) -> CellRun:
    settings = replace(common_settings(1, 1), parts="decoder", change="LoRA")
    before = Pretraining(steps=1, samples_per_step=1) if setting == PRE_TRAINED else None
    cell = Cell("tiny", setting, settings.parts, settings.change)
    return CellRun(cell, base_of_zoo(ZOO), "hippocampus", settings, 1, 1, log, before)


def test_a_promptable_cell_is_measured_by_the_clicks_of_the_base(data: Path, tmp_path: Path) -> None:
    run = cell_run(PROMPT_BASED, tmp_path / "matrix.jsonl")
    run_base_click(run)
    assert run.clicks_are_known(read_log(run.log))
    assert not run.is_done(read_log(run.log))
    run_cell(run)
    before, after = read_log(run.log)
    assert run.is_done([before, after])
    assert before["case"] == after["case"]
    assert min(before["dice"].values()) > 0.2, "a shipped base answers clicks"
    assert f"| tiny | {PROMPT_BASED} | 1 |" in matrix_section([before, after], [])


def test_a_pre_trained_cell_runs_from_the_encoder_that_was_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix_cell, "PRETRAINED", tmp_path / "pretrained")
    run = cell_run(PRE_TRAINED, tmp_path / "matrix.jsonl")
    run_cell(run)
    assert run.is_done(read_log(run.log))
    assert len(list((tmp_path / "pretrained").glob("tiny-*.pt"))) == 1


@pytest.mark.parametrize("split", ["dev", "train"])
def test_nobody_is_learned_from_and_measured_on(data: Path, split: str) -> None:
    learned_from, measured = cases_of("hippocampus", 2, 3, split)
    assert (len(learned_from), len(measured)) == (2, 3)
    of_split = {entry["id"] for entry in read_entries(data) if entry["split"] == split}
    assert {case.case_id for case in measured} <= of_split
    assert not {case.patient_key for case in learned_from} & {case.patient_key for case in measured}
