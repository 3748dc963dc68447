"""The matrix of ways to fine-tune: which cells are run, and what RESULTS.md says of them."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from sam3d.adaptation.finetuned.config import LEARNING_RATES, PROMPTABLE_LEARNING_RATES
from sam3d.adaptation.methods import plain
from sam3d.evaluation import matrix, matrix_cell, matrix_rates
from sam3d.evaluation.evaluated_base import EvaluatedBase
from sam3d.evaluation.matrix import common_settings
from sam3d.evaluation.matrix_base import read_base, reason_against
from sam3d.evaluation.matrix_cell import (
    AUTOMATIC,
    FEW_SHOT,
    PRE_TRAINED,
    PROMPT_BASED,
    SETTINGS,
    Cell,
    CellRun,
    run_base_click,
)
from sam3d.evaluation.matrix_table import TITLE, WAYS, matrix_section
from sam3d.evaluation.records import read_log
from sam3d.evaluation.results import publish
from sam3d.evaluation.tables import ABSENT, Record
from sam3d.evaluation.task_table import ONE_CLICK
from sam3d.evaluation.tasks import TASKS, append_records
from test_results import records as evaluation_records


def cell_run(
    setting: str = AUTOMATIC, parts: str = "decoder", change: str = "LoRA", seed: int = 0
) -> CellRun:
    settings = replace(common_settings(4, 1), parts=parts, change=change, seed=seed)
    base = EvaluatedBase("tiny (0)", Path("weights.pt"))
    cell = Cell("tiny", setting, parts, change)
    return CellRun(cell, base, "hippocampus", settings, 2, 2, Path("log.jsonl"))


def record(run: CellRun, case: str, dice: float) -> Record:
    """What a fit writes of a case"""
    return run.also() | {
        "model": run.base.name,
        "task": TASKS[run.task].title,
        "method": "finetuned",
        "seed": run.settings.seed,
        "exemplars": ["a", "b", "c", "d", "e"][: run.exemplars],
        "config": plain(run.settings),
        "learnedParameters": 1_234_567,
        "case": case,
        "patient": case,
        "dice": {"anterior": dice, "posterior": dice},
    }


def clicked(run: CellRun, case: str, dice: float) -> Record:
    return record(run, case, dice) | {"method": ONE_CLICK, "seed": 0, "exemplars": [], "config": {}}


def cells_of(section: str, setting: str) -> list[str]:
    (row,) = [line for line in section.splitlines() if line.startswith(f"| tiny | {setting} |")]
    return [part.strip() for part in row.strip("|").split("|")][2:]


def test_a_cell_holds_the_mean_its_interval_and_what_learned() -> None:
    run = cell_run()
    section = matrix_section([record(run, "x", 0.4), record(run, "y", 0.6)], ["base: no checkpoint"])
    expected = ["2", "4 × 1", "1", "2", ABSENT, *[ABSENT] * 5, "**.500**<br>.400–.600<br>1.23 M"]
    assert cells_of(section, AUTOMATIC) == expected
    assert "hippocampus MR; tiny: tiny (0)." in section
    assert section.rstrip().endswith("- base: no checkpoint")


def test_the_section_says_what_the_bases_know_already() -> None:
    section = matrix_section([record(cell_run(), "x", 0.4)], [])
    assert "learned to answer clicks on structures of this kind" in " ".join(section.split())


def test_prompts_are_compared_with_the_same_click_answered_by_the_base() -> None:
    run = cell_run(PROMPT_BASED)
    records = [clicked(run, "x", 0.3), clicked(run, "y", 0.4), record(run, "x", 0.4), record(run, "y", 0.5)]
    cells = cells_of(matrix_section(records, []), PROMPT_BASED)
    assert cells[4] == "**.350**<br>.300–.400"
    assert cells[-1] == "**.450**<br>.400–.500<br>1.23 M<br>**+.100**<br>+.100 to +.100"


def test_rows_go_from_the_smallest_base_on_whichever_was_run_first() -> None:
    run = cell_run()
    sizes = ("own", "small", "nano", "tiny")
    records = [record(run, "x", 0.4) | {"size": size, "model": f"{size} (0)"} for size in sizes]
    section = matrix_section(records, [])
    rows = [line.split(" | ")[0] for line in section.splitlines() if f" | {AUTOMATIC} | " in line]
    assert rows == ["| nano", "| tiny", "| small", "| own"]
    assert "; nano: nano (0), tiny: tiny (0), small: small (0), own: own (0)." in section


def test_a_row_says_how_many_seeds_its_cells_have() -> None:
    first, second = cell_run(change="LoRA"), cell_run(change="LoRA", seed=1)
    other = cell_run(change="vanilla")
    section = matrix_section([record(run, "x", 0.4) for run in (first, second, other)], [])
    assert cells_of(section, AUTOMATIC)[2] == "1–2"


def test_cells_that_cannot_be_compared_are_not_put_into_one_table() -> None:
    run = cell_run()
    own = record(run, "x", 0.5)
    others = [
        own | {"config": own["config"] | {"steps": 5}},
        own | {"config": own["config"] | {"learning_rate": 1.0}},
        own | {"exemplars": ["a"]},
        own | {"model": "another"},
        own | {"task": "another"},
    ]
    for other in others:
        with pytest.raises(ValueError, match="several"):
            matrix_section([own, other], [])
    few = record(replace(run, cell=run.cell._replace(setting=FEW_SHOT), exemplars=1), "x", 0.5)
    assert cells_of(matrix_section([own, few], []), FEW_SHOT)[0] == "1"


def test_a_cell_is_done_by_records_of_its_own_alone() -> None:
    run = cell_run()
    records = [record(run, case, 0.5) for case in ("x", "y")]
    assert run.is_done(records)
    assert not run.is_done(records[:1])
    others = [
        cell_run(change="adapter"),
        cell_run(seed=1),
        cell_run(FEW_SHOT),
        replace(run, exemplars=1),
        replace(run, split="train"),
        replace(run, pretraining=matrix.Pretraining()),
        replace(run, base=EvaluatedBase("tiny (1)", run.base.weights)),
    ]
    assert not any(other.is_done(records) for other in others)
    before = replace(run, pretraining=matrix.Pretraining(steps=7))
    assert before.is_done([record(before, case, 0.5) for case in ("x", "y")])
    assert not run.is_done([record(before, case, 0.5) for case in ("x", "y")])


@pytest.mark.parametrize("setting", [AUTOMATIC, PROMPT_BASED])
def test_a_cell_of_fewer_patients_than_were_asked_for_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """Where the development split has no more: else it was run, and written, again at every start."""
    run = replace(cell_run(setting), log=tmp_path / "log.jsonl")

    def evaluated(*given: object) -> None:
        (said,) = [one for one in given if isinstance(one, dict)]
        append_records(run.log, [record(run, "the only patient", 0.5) | said])

    def clicked_once(*given: object) -> None:
        (said,) = [one for one in given if isinstance(one, dict)]
        append_records(run.log, [clicked(run, "the only patient", 0.5) | said])

    for name in ("evaluate_task", "evaluate_promptable"):
        monkeypatch.setattr(matrix_cell, name, evaluated)
    monkeypatch.setattr(matrix_cell, "evaluate_base_click", clicked_once)
    matrix_cell.run_base_click(run)
    matrix_cell.run_cell(run)
    found = read_log(run.log)
    assert run.is_done(found)
    assert run.clicks_are_known(found)
    more = replace(run, evaluated=run.evaluated + 1)
    assert not more.is_done(found)
    assert not more.clicks_are_known(found)


def test_a_base_without_a_checkpoint_or_too_large_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sam3d.evaluation.matrix_base.memory_available", lambda: 4 * 2**30)
    assert "no checkpoint: sam3d-vit-b/weights.pt" in (reason_against("vit_b", {}, tmp_path) or "")
    given = {"vit_b": tmp_path / "latest.pt"}
    assert "GiB of memory" in (reason_against("vit_b", given, tmp_path) or "")
    monkeypatch.setattr("sam3d.evaluation.matrix_base.memory_available", lambda: 64 * 2**30)
    assert reason_against("vit_b", given, tmp_path) is None


def test_a_checkpoint_is_taken_for_its_own_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "latest.pt"
    torch.save({"size": "base", "average": {}}, path)
    assert read_base(f"base={path}") == ("base", path)
    with pytest.raises(ValueError, match="is of size base, not vit_b"):
        read_base(f"vit_b={path}")
    with pytest.raises(ValueError, match="no size"):
        read_base(f"huge={path}")
    with pytest.raises(ValueError, match="no such checkpoint"):
        read_base(f"base={tmp_path / 'other.pt'}")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "RESULTS.md"
    publish(path, evaluation_records())
    return path


def run_command(
    monkeypatch: pytest.MonkeyPatch, results: Path, *more: str, failing: Cell | None = None
) -> list[CellRun]:
    """→ the cells that were run, each of which writes what a fit would"""
    ran: list[CellRun] = []

    def fake(work: object, given: tuple[CellRun]) -> int:
        (run,) = given
        cases = [f"case-{number}" for number in range(run.evaluated)]
        if work is run_base_click:
            append_records(run.log, [clicked(run, case, 0.4) for case in cases])
            return 0
        ran.append(run)
        if run.cell == failing:
            return 137
        append_records(run.log, [record(run, case, 0.5) for case in cases])
        return 0

    monkeypatch.setattr(matrix, "in_own_process", fake)
    monkeypatch.setattr(matrix, "BASE_SIZES", ("tiny", "base", "vit_b"))  # whatever further ones are kept
    options = {"steps": 4, "samples-per-step": 1, "evaluated": 2, "exemplars": 2}
    options |= {"log": results.parent / "matrix.jsonl", "results": results}
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    monkeypatch.setattr(sys, "argv", ["matrix", *arguments, *more])
    matrix.main()
    return ran


def test_one_command_runs_every_cell_and_goes_on_where_it_was_stopped(
    monkeypatch: pytest.MonkeyPatch, published: Path, capsys: pytest.CaptureFixture
) -> None:
    failing = Cell("tiny", PRE_TRAINED, "decoder", "adapter")
    ran = run_command(monkeypatch, published, "--seeds", "0", failing=failing)
    assert [run.cell for run in ran] == [Cell("tiny", setting, *way) for setting in SETTINGS for way in WAYS]
    assert "not run: tiny, pre-trained, decoder, adapter, seed 0: it ended" in capsys.readouterr().out
    assert [run.cell for run in run_command(monkeypatch, published, "--seeds", "0")] == [failing]
    text = published.read_text(encoding="utf-8")
    assert text.count(TITLE) == 1
    assert text.count("**.500**") == len(SETTINGS) * len(WAYS)
    assert text.count("**.400**") == 1
    assert "- vit_b: no checkpoint" in text
    publish(published, evaluation_records())
    assert published.read_text(encoding="utf-8") == text, "other results leave the section as it is"
    further = run_command(monkeypatch, published, "--seeds", "0", "1", "--setting", AUTOMATIC)
    assert {(run.cell.setting, run.settings.seed) for run in further} == {(AUTOMATIC, 1)}


def test_each_setting_has_its_exemplars_rates_and_pre_training(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    ran = run_command(monkeypatch, published, "--seeds", "3", "--pretraining-steps", "9")
    for run in ran:
        rates = PROMPTABLE_LEARNING_RATES if run.cell.setting == PROMPT_BASED else LEARNING_RATES
        assert run.settings.learning_rate == rates[run.cell.change]
        assert run.exemplars == (1 if run.cell.setting == FEW_SHOT else 2)
        assert (run.pretraining is not None) == (run.cell.setting == PRE_TRAINED)
        if run.pretraining is not None:
            assert (run.pretraining.steps, run.pretraining.seed) == (9, 3)


def test_what_was_not_asked_for_is_named(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    run_command(monkeypatch, published, "--seeds", "0", "--setting", AUTOMATIC)
    text = published.read_text(encoding="utf-8")
    assert "- few-shot: not asked for" in text
    assert "- automatic: not asked for" not in text


def test_a_table_is_made_of_a_log_without_running(monkeypatch: pytest.MonkeyPatch, published: Path) -> None:
    failing = Cell("tiny", AUTOMATIC, "decoder", "LoRA")
    run_command(monkeypatch, published, "--seeds", "0", "--setting", AUTOMATIC, failing=failing)
    run_command(monkeypatch, published, "--seeds", "0", "--setting", FEW_SHOT, "--steps", "7")
    assert run_command(monkeypatch, published, "--seeds", "0", "--table", "no time") == []
    text = published.read_text(encoding="utf-8")
    assert text.count("**.500**") == 2 * len(WAYS) - 1
    assert "- tiny, automatic, decoder, LoRA, seed 0: no time" in text
    assert text.count("no time") == 3, "the other settings are a line each"
    assert "- tiny, pre-trained: no time" in text


def test_bases_of_other_sizes_are_run_from_their_checkpoints(
    monkeypatch: pytest.MonkeyPatch, published: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr("sam3d.evaluation.matrix_base.memory_available", lambda: 64 * 2**30)
    path = tmp_path / "latest.pt"
    torch.save({"size": "base", "average": {}}, path)
    asked = ("--seeds", "0", "--setting", AUTOMATIC, "--base", f"base={path}")
    ran = run_command(monkeypatch, published, *asked)
    assert {(run.cell.size, run.base.weights == path) for run in ran} == {("tiny", False), ("base", True)}
    text = published.read_text(encoding="utf-8")
    assert "| base | automatic |" in text
    assert "- base:" not in text
    with pytest.raises(SystemExit):
        run_command(monkeypatch, published, "--base", f"vit_b={path}")


def test_a_log_of_other_settings_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    run_command(monkeypatch, published, "--setting", AUTOMATIC)
    with pytest.raises(SystemExit):
        run_command(monkeypatch, published, "--steps", "5")
    with pytest.raises(SystemExit):
        run_command(monkeypatch, published, "--task", "prostate-mr")


def test_rates_are_chosen_on_training_patients(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    ran: list[CellRun] = []

    def fake(_: object, given: tuple[CellRun]) -> int:
        (run,) = given
        ran.append(run)
        append_records(run.log, [record(run, case, run.settings.learning_rate) for case in ("x", "y")])
        return 0

    log = tmp_path / "rates.jsonl"
    monkeypatch.setattr(matrix_rates, "in_own_process", fake)
    monkeypatch.setattr(
        sys, "argv", ["rates", "--rate", "0.1", "--rate", "0.2", "--evaluated", "2", "--log", str(log)]
    )
    matrix_rates.main()
    assert {run.split for run in ran} == {"train"}
    assert len(ran) == 6
    assert "LoRA, rate 0.2: .200 of 2" in capsys.readouterr().out
    matrix_rates.main()
    assert len(ran) == 6
    assert len(read_log(log)) == 12
