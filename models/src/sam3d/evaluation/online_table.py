"""What accepted corrections make of later answers, a set a row."""

from collections.abc import Callable, Iterable

import numpy as np

from .bootstrap import SetScores, interval_of_mean
from .tables import REPORTED_PROMPTS, Record, distinct, joined, measured_with, row, signed

TITLE = "## Online adaptation"
ONLINE = f"""{TITLE}

Streams of patients of one structure in {{orders}} random orders: each is opened by a click, corrected by five
and accepted as it then is; the next is answered by what was learned from those before, fused with the frozen
model as far as that was of use for the latest cases (`src/sam3d/online`). Settings were chosen on training
patients. From the log of `python -m sam3d.evaluation.online`.

What the fused answer adds to the Dice of the frozen one after 1 / 3 / 5 clicks, by the number of cases that
were accepted before. With less than two there is none that was held back, and the model answers alone: no
difference. *adapted*: of the cases, those whose opening answer was changed. *worst stream*: the least mean
over a stream of what is added after one click.
"""
WRONG = """A wrong teacher: the first four cases are accepted as they should be, all later ones with another
structure's mask (the other part of the hippocampus, the other ventricle, the muscle about it). What the fused
opening answer adds to the Dice of the frozen one with the structure that was clicked on; the least of a
single case in brackets.
"""
RANGES = ((2, 3), (4, 7), (8, 99))  # of cases accepted before
COLUMNS = ("set", "n", "frozen", "2–3 accepted", "4–7", "8", "whole stream", "adapted", "worst stream")
WRONG_COLUMNS = ("set", "n", "right teacher, cases 3–5", "wrong teacher, case 6", "cases 7–9")
WRONG_RANGES = ((2, 4), (5, 5), (6, 99))
ABSENT = "–"


def between(records: Iterable[Record], first: int, last: int) -> list[Record]:
    return [record for record in records if first <= record["accepted"] <= last]


def frozen_dice(record: Record) -> list[float]:
    return [record["frozen"][prompt - 1] for prompt in REPORTED_PROMPTS]


def added_dice(record: Record) -> list[float]:
    return [record["fused"][prompt - 1] - record["frozen"][prompt - 1] for prompt in REPORTED_PROMPTS]


def mean_cell(
    records: list[Record], measure: Callable[[Record], list[float]], write: Callable[[Iterable[float]], str]
) -> str:
    return write(np.mean([measure(record) for record in records], 0).tolist()) if records else ABSENT


def stream_means(records: list[Record]) -> list[float]:
    """What is added after one click, a stream"""
    streams: dict[tuple[str, int], list[float]] = {}
    for record in records:
        key = record["set"], record["order"]
        streams.setdefault(key, []).append(record["fused"][0] - record["frozen"][0])
    return [float(np.mean(added)) for added in streams.values()]


def set_row(name: str, records: list[Record]) -> str:
    adapted = sum(record["gain"] > 0 for record in records) / len(records)
    return row(
        [
            name if records[0]["trainedSource"] else f"{name} †",
            str(len(records)),
            mean_cell(records, frozen_dice, joined),
            *(mean_cell(between(records, *limits), added_dice, signed) for limits in RANGES),
            mean_cell(records, added_dice, signed),
            f"{100 * adapted:.0f} %",
            signed([min(stream_means(records))]),
        ]
    )


def of_patients(records: list[Record], name: str) -> SetScores:
    """The mean of the orders, a patient a score"""
    scores: dict[str, list[list[float]]] = {}
    for record in records:
        if record["set"] == name:
            scores.setdefault(record["patient"], []).append(added_dice(record))
    return SetScores(tuple(scores), np.array([np.mean(found, 0) for found in scores.values()]))


def mean_row(records: list[Record]) -> str:
    sets = [of_patients(records, name) for name in distinct(records, "set")]
    mean = np.mean([one.scores.mean(0) for one in sets], 0)
    low, high = (signed(end) for end in interval_of_mean(sets))
    cell = f"**{signed(mean)}**<br>{low} to {high}"
    return row(
        [f"mean of {len(sets)} sets", "", "", "", "", "", cell, "", signed([min(stream_means(records))])]
    )


def wrong_cell(records: list[Record]) -> str:
    if not records:
        return ABSENT
    added = [record["fused"][0] - record["frozen"][0] for record in records]
    return f"{signed([float(np.mean(added))])} ({signed([min(added)])})"


def table(columns: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([row(columns), "|" + "---|" * len(columns), *rows]) + "\n"


def online_section(records: list[Record]) -> str:
    right = [record for record in records if record["teacher"] == "right"]
    wrong = [record for record in records if record["teacher"] == "wrong"]
    by_set = {name: [one for one in right if one["set"] == name] for name in distinct(right, "set")}
    parts = [
        ONLINE.format(orders=len({record["order"] for record in right})),
        measured_with(records),
        table(COLUMNS, [*(set_row(name, found) for name, found in by_set.items()), mean_row(right)]),
    ]
    if wrong:
        rows = []
        for name in distinct(wrong, "set"):
            found = [record for record in wrong if record["set"] == name]
            cells = [wrong_cell(between(found, *limits)) for limits in WRONG_RANGES]
            rows.append(row([name, str(len(found)), *cells]))
        parts += [WRONG, table(WRONG_COLUMNS, rows)]
    return "\n".join(parts)
