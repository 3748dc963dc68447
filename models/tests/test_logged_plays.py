"""Cases are played by other processes, and logged in their order."""

import json
from pathlib import Path

import pytest

from sam3d.evaluation import evaluate, precisions, robustness
from sam3d.evaluation.cases import Case
from sam3d.evaluation.logged_plays import log_of, logged_plays
from sam3d.evaluation.tables import Record


def told(case: Case) -> list[Record]:
    return [{"case": case.entry_id, "method": method} for method in ("one", "other")]


def test_every_record_is_logged_and_says_where_it_comes_from(tmp_path: Path) -> None:
    log = tmp_path / "runs" / "log.jsonl"
    cases = [Case("a set", name, "", "", 1) for name in "abc"]
    records = logged_plays(told, cases, {"split": "dev"}, log, 2)
    assert [(one["case"], one["method"], one["split"]) for one in records] == [
        (name, method, "dev") for name in "abc" for method in ("one", "other")
    ]
    assert [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] == records


def told_of_the_first(case: Case) -> list[Record]:
    if case.entry_id != "a":
        raise ValueError(f"{case.entry_id} cannot be read")
    return told(case)


def test_an_evaluation_that_ends_early_leaves_the_records_of_the_one_before(tmp_path: Path) -> None:
    """Tables of a part of the cases would look like those of all."""
    log = tmp_path / "log.jsonl"
    log.write_text("of all cases\n", encoding="utf-8")
    cases = [Case("a set", name, "", "", 1) for name in "ab"]
    with pytest.raises(ValueError, match="b cannot be read"):
        logged_plays(told_of_the_first, cases, {}, log, 1)
    assert log.read_text(encoding="utf-8") == "of all cases\n"


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (evaluate, ["--split", "train"]),
        (evaluate, ["--passed-over", "4"]),
        (precisions, ["--split", "train"]),
        (robustness, ["--split", "train"]),
        (robustness, ["--sets", "sarcoma"]),
        (robustness, ["--cases-per-set", "1"]),
    ],
    ids=lambda value: value.__name__.rpartition(".")[2] if hasattr(value, "__name__") else " ".join(value),
)
def test_what_is_no_result_is_not_logged_where_results_are(module, words: list[str]) -> None:  # noqa: ANN001
    shown, other = (module.read_arguments(["--model", "zoo", *more]).log for more in ([], words))
    assert shown.parent.name == "records"
    assert other.parent.name == "runs"


def test_a_log_that_is_asked_for_is_used() -> None:
    words = ["--model", "zoo", "--split", "train", "--log", "here.jsonl"]
    assert evaluate.read_arguments(words).log == Path("here.jsonl")


def test_logs_of_results_lie_beside_them() -> None:
    assert log_of("evaluation", True) == Path("records/evaluation.jsonl")
    assert log_of("evaluation", False) == Path("runs/evaluation.jsonl")
