"""Tables of a set a row and a method a column, made from the raw records of an evaluation."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .bootstrap import SetScores, interval_of_mean, mean_of_sets
from .metrics import auc

Record = dict[str, Any]
Measure = Callable[[Record], list[float] | None]  # what of a record a cell shows; None: cannot be measured

REPORTED_PROMPTS = (1, 3, 5)
REPORTED_NSD_PROMPTS = (1, 5)
ABSENT = "–"


def dice_of(record: Record) -> list[float]:
    """After so many prompts"""
    return [record["dice"][prompt - 1] for prompt in REPORTED_PROMPTS]


def whole_dice_of(record: Record) -> list[float]:
    """After the last prompt; area under the curve"""
    return [record["dice"][-1], auc(record["dice"])]


def nsd_of(record: Record) -> list[float] | None:
    """After so many prompts; area under the curve"""
    scores = record["nsd"]
    if scores is None:
        return None
    return [*(scores[prompt - 1] for prompt in REPORTED_NSD_PROMPTS), auc(scores)]


def distinct(records: Iterable[Record], key: str) -> list[str]:
    """In order of appearance"""
    return list(dict.fromkeys(record[key] for record in records))


def measured_with(records: Iterable[Record]) -> str:
    """Which model the records are of, in a sentence; nothing where they do not say"""
    models = [str(name) for name in distinct((one for one in records if one.get("model")), "model")]
    return f"Measured with {', '.join(models)}.\n" if models else ""


def set_scores(records: list[Record], method: str, measure: Measure) -> list[SetScores]:
    """Of the sets that can be measured"""
    sets = []
    for name in distinct(records, "set"):
        chosen = [record for record in records if record["set"] == name and record["method"] == method]
        measured = [(record["patient"], measure(record)) for record in chosen]
        known = [(patient, scores) for patient, scores in measured if scores is not None]
        if known:
            patients, scores = zip(*known, strict=True)
            sets.append(SetScores(patients, np.array(scores)))
    return sets


def short(score: float) -> str:
    return f"{score:.3f}".replace("0.", ".", 1)


def joined(scores: Iterable[float]) -> str:
    return " / ".join(map(short, scores))


def set_cell(records: list[Record], method: str, measure: Measure) -> str:
    sets = set_scores(records, method, measure)
    return joined(mean_of_sets(sets)) if sets else ABSENT


def mean_cell(records: list[Record], method: str, measure: Measure) -> str:
    """The mean, and its 95 % interval below"""
    sets = set_scores(records, method, measure)
    if not sets:
        return ABSENT
    low, high = interval_of_mean(sets)
    interval = " / ".join(f"{short(a)}–{short(b)}" for a, b in zip(low, high, strict=True))
    return f"**{joined(mean_of_sets(sets))}**<br>{interval}"


def signed(scores: Iterable[float]) -> str:
    return " / ".join(f"{score:+.3f}".replace("0.", ".", 1) for score in scores)


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def table_of_sets(records: list[Record], measures: list[Measure]) -> str:
    """measures: what a cell shows one after the other"""
    methods, names = distinct(records, "method"), distinct(records, "set")
    lines = [row(["set", "n", *methods]), f"|---|---|{'---|' * len(methods)}"]
    for name in names:
        chosen = [record for record in records if record["set"] == name]
        mark = "" if chosen[0]["trainedSource"] else " †"
        cells = ["; ".join(set_cell(chosen, method, measure) for measure in measures) for method in methods]
        lines.append(row([name + mark, str(len(distinct(chosen, "case"))), *cells]))
    means = ["<br>".join(mean_cell(records, method, measure) for measure in measures) for method in methods]
    lines.append(row([f"mean of {len(names)} sets", "", *means]))
    return "\n".join(lines) + "\n"
