"""Cases are played by other processes, and logged in their order."""

import json
from pathlib import Path

from sam3d.evaluation.cases import Case
from sam3d.evaluation.logged_plays import logged_plays
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
