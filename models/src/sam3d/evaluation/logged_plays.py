"""Cases played side by side, each written to the log as soon as it is there."""

import json
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .cases import Case
from .tables import Record


def logged_plays(
    play: Callable[[Case], list[Record]], cases: list[Case], origin: dict[str, Any], log: Path, processes: int
) -> list[Record]:
    """play: a function of a module, since other processes call it; origin: what all records say besides; log
    is written anew → all records, in the order of the cases"""
    log.parent.mkdir(parents=True, exist_ok=True)
    records: list[Record] = []
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with log.open("w", encoding="utf-8") as lines, pool:
        for played in pool.map(play, cases):
            found = [record | origin for record in played]
            records += found
            lines.writelines(json.dumps(record) + "\n" for record in found)
            lines.flush()
    return records
