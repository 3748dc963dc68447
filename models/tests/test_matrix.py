"""The matrix of ways to fine-tune: which cells are run, and what RESULTS.md says of them."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import MODELS
from sam3d.evaluation import matrix
from sam3d.evaluation.matrix import Cell, reason_against
from sam3d.evaluation.matrix_table import CHANGES, NOT_RUN, PARTS, TITLE, matrix_section
from sam3d.evaluation.results import publish
from sam3d.evaluation.tables import Record
from test_results import records as evaluation_records

EXEMPLARS = ["a", "b"]


def record(cell: Cell, case: str, dice: float, **changes: Any) -> Record:
    return {
        "size": cell.size,
        "task": "hippocampus MR",
        "method": "finetuned",
        "seed": 0,
        "exemplars": EXEMPLARS,
        "config": {"parts": cell.parts, "change": cell.change, "steps": 4, "samples_per_step": 1},
        "learnedParameters": 1_234_567,
        "case": case,
        "patient": case,
        "dice": {"anterior": dice, "posterior": dice},
    } | changes


def test_a_cell_holds_the_mean_its_interval_and_what_learned() -> None:
    cell = Cell("tiny", "decoder", "LoRA")
    section = matrix_section([record(cell, "x", 0.4), record(cell, "y", 0.6)], ["base: no checkpoint"])
    (row,) = [line for line in section.splitlines() if line.startswith("| tiny |")]
    cells = [part.strip() for part in row.strip("|").split("|")]
    assert cells == ["tiny", *[NOT_RUN] * 5, "**.500**<br>.400–.600<br>1.23 M"]
    assert "2 patients, 4 steps of 1 samples, seeds 0; measured on 2." in section
    assert section.rstrip().endswith("- base: no checkpoint")


def test_cells_of_several_settings_are_not_put_into_one_table() -> None:
    cell = Cell("tiny", "decoder", "LoRA")
    other = record(cell, "x", 0.5)
    other["config"] = other["config"] | {"steps": 5}
    with pytest.raises(ValueError, match="several"):
        matrix_section([record(cell, "x", 0.5), other], [])


def test_a_base_without_a_checkpoint_or_too_large_is_left_out(tmp_path: Path) -> None:
    assert reason_against("vit_b", MODELS / "zoo") == "no checkpoint: sam3d-vit_b/weights.pt"
    (tmp_path / "sam3d-vit_b").mkdir()
    (tmp_path / "sam3d-vit_b" / "weights.pt").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matrix, "memory_available", lambda: 4 * 2**30)
        assert "GiB of memory" in (reason_against("vit_b", tmp_path) or "")
        patch.setattr(matrix, "memory_available", lambda: 64 * 2**30)
        assert reason_against("vit_b", tmp_path) is None


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "RESULTS.md"
    publish(path, evaluation_records())
    return path


def run(
    monkeypatch: pytest.MonkeyPatch, results: Path, failing: Cell | None = None, steps: int = 4
) -> list[Cell]:
    """→ the cells that were run, each of which writes what a fit would"""
    ran: list[Cell] = []

    def fake(_: object, given: tuple[Any, ...]) -> int:
        cell, _, settings, exemplars, evaluated, log = given
        ran.append(cell)
        if cell == failing:
            return 137
        with log.open("a", encoding="utf-8") as lines:
            for number in range(evaluated):
                one = record(cell, f"case-{number}", 0.5, seed=settings.seed, exemplars=EXEMPLARS[:exemplars])
                lines.write(json.dumps(one) + "\n")
        return 0

    monkeypatch.setattr(matrix, "in_own_process", fake)
    options = {"steps": steps, "samples-per-step": 1, "evaluated": 2, "exemplars": 2}
    options |= {"log": results.parent / "matrix.jsonl", "results": results}
    arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    monkeypatch.setattr(sys, "argv", ["matrix", *arguments])
    matrix.main()
    return ran


def test_one_command_runs_every_cell_and_goes_on_where_it_was_stopped(
    monkeypatch: pytest.MonkeyPatch, published: Path, capsys: pytest.CaptureFixture
) -> None:
    failing = Cell("tiny", "decoder", "adapter")
    every = [Cell("tiny", parts, change) for parts in PARTS for change in CHANGES]
    assert run(monkeypatch, published, failing) == every
    assert "not run: tiny, decoder, adapter: it ended with code 137" in capsys.readouterr().out
    assert "- tiny, decoder, adapter" in published.read_text(encoding="utf-8")
    assert run(monkeypatch, published) == [failing]
    text = published.read_text(encoding="utf-8")
    assert text.count(TITLE) == 1
    assert text.count("**.500**") == len(every)
    assert "- vit_b: no checkpoint" in text
    publish(published, evaluation_records())
    assert published.read_text(encoding="utf-8") == text, "other results leave the section as it is"


def test_a_log_of_other_settings_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, published: Path
) -> None:
    run(monkeypatch, published)
    with pytest.raises(SystemExit):
        run(monkeypatch, published, steps=5)
