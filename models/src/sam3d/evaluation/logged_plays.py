"""Cases played side by side, each written to the log as soon as it is there."""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .cases import Case
from .tables import Record

RECORDS = Path("records")  # what RESULTS.md is made from
RUNS = Path("runs")


def log_of(name: str, is_result: bool) -> Path:
    """Where it lies unless another is asked for: what is measured to choose methods by, or of a part of the
    cases, takes no result's place."""
    return (RECORDS if is_result else RUNS) / f"{name}.jsonl"


def logged_plays(
    play: Callable[[Case], list[Record]], cases: list[Case], origin: dict[str, Any], log: Path, processes: int
) -> list[Record]:
    """play: a function of a module, since other processes call it; origin: what all records say besides; log:
    there is a new one once all were played, until then what there is of it lies beside the old one, as .part
    → all records, in the order of the cases"""
    log.parent.mkdir(parents=True, exist_ok=True)
    part = log.with_name(f"{log.name}.part")
    records: list[Record] = []
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with part.open("w", encoding="utf-8") as lines, pool:
        for played in pool.map(play, cases):
            found = [record | origin for record in played]
            records += found
            lines.writelines(json.dumps(record) + "\n" for record in found)
            lines.flush()
    part.replace(log)
    return records
