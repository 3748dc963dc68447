"""Whether disagreement tells which series are segmented badly, a measure a row."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from .agreement import mean_agreement
from .bootstrap import PERCENTILES, RESAMPLES, SEED
from .tables import ABSENT, Record, distinct, measured_with, row, short

TITLE = "## Disagreement as a guide to what to annotate next"
DISAGREEMENT = f"""{TITLE}

A task is asked for the same volume several times, without its labels being known. The less its answers have
in common (1 − mean Dice of all pairs, mean of the structures), the worse it should have segmented the volume:
so the server ranks series to be annotated. Spearman's rank correlation of that score with 1 − Dice of the
task's answer to the volume as it is, over patients of the development split that nothing was learned from;
1: the order by score is the order by error, 0: it says nothing. It is computed within each fit, and the mean
of the fits (seeds) is shown; below it the 95 % interval by bootstrap over the patients. From the log of
`python -m sam3d.evaluation.disagreement` and `python -m sam3d.evaluation.exemplar_disagreement`.

{{measures}}

*Worst third*: how many of the third of the patients with the largest errors are among the third with the
largest scores, of all fits; by chance it is a third.
"""
MEASURES = {
    "copies": "{answers} answers of one fit: to the volume as it is, in two other contrasts, with voxels of\n"
    "  two other sizes, and with windows at two other places; as served.",
    "versions": "the fits' answers to the volume as it is; as served where several tasks of the same\n"
    "  classes are promoted.",
    "served": "the larger of both scores.",
    "mirrored": "one fit's answers to the volume as it is, and mirrored in three ways; not served.",
    "parts": "answers by {answers} parts of a set of examples, each without some of them; as served.\n"
    "  Its fits are draws of examples.",
}
COLUMNS = ("task", "method", "patients", "n", "fits", "measure", "Spearman", "worst third", "score", "Dice")


class Scored(NamedTuple):
    """Of one fit, a patient a place"""

    scores: np.ndarray
    errors: np.ndarray


def mean_error(record: Record) -> float | None:
    dice = mean_agreement(list(record["dice"].values()))
    return None if dice is None else 1 - dice


def score_of(record: Record, measure: str) -> float | None:
    """1 − the agreement; None where no answer finds anything"""
    if measure == "served":
        known = [
            score
            for score in (score_of(record, name) for name in ("copies", "versions"))
            if score is not None
        ]
        return max(known, default=None)
    agreement = mean_agreement(list(record[measure].values()))
    return None if agreement is None else 1 - agreement


def scored_fits(records: Sequence[Record], measure: str) -> list[Scored]:
    """Of the patients whose score is known in every fit, in one order"""
    fits: dict[int, dict[str, tuple[float, float]]] = {}
    for record in records:
        score, error = score_of(record, measure), mean_error(record)
        if score is not None and error is not None:
            fits.setdefault(record["seed"], {})[record["patient"]] = (score, error)
    shared = sorted(set.intersection(*(set(found) for found in fits.values()))) if fits else []
    return [Scored(*np.array([found[patient] for patient in shared]).T) for found in fits.values() if shared]


def rank_correlation(fits: Sequence[Scored], drawn: np.ndarray | slice = slice(None)) -> float:
    """Spearman's, mean of the fits; drawn: which patients"""
    with np.errstate(all="ignore"):  # of equal scores it is not defined
        found = [np.corrcoef(rankdata(fit.scores[drawn]), rankdata(fit.errors[drawn]))[0, 1] for fit in fits]
    return float(np.mean(found))


def correlation_interval(fits: Sequence[Scored]) -> tuple[float, float]:
    """95 %, patients drawn again, the same in every fit"""
    rng = np.random.default_rng(SEED)
    count = len(fits[0].scores)
    found = [rank_correlation(fits, rng.integers(count, size=count)) for _ in range(RESAMPLES)]
    low, high = np.nanpercentile(found, PERCENTILES)
    return float(low), float(high)


def worst_third(fits: Sequence[Scored]) -> str:
    third = len(fits[0].scores) // 3
    hits = sum(
        len(set(np.argsort(-fit.scores)[:third]) & set(np.argsort(-fit.errors)[:third])) for fit in fits
    )
    return f"{hits} of {third * len(fits)}"


def signed(value: float) -> str:
    return f"{'-' if value < 0 else ''}{short(abs(value))}"


def measure_row(records: Sequence[Record], measure: str) -> str:
    first = records[0]
    fits = scored_fits(records, measure)
    steps = first["config"].get("steps")
    about = [first["task"], first["method"] if steps is None else f"{first['method']}, {steps} steps"]
    counts = [str(len(first["exemplars"])), str(len(fits[0].scores) if fits else 0), str(len(fits)), measure]
    if not fits:
        return row([*about, *counts, *[ABSENT] * 4])
    low, high = correlation_interval(fits)
    return row(
        [
            *about,
            *counts,
            f"**{signed(rank_correlation(fits))}**<br>{signed(low)} to {signed(high)}",
            worst_third(fits),
            short(float(np.mean([fit.scores.mean() for fit in fits]))),
            short(float(np.mean([1 - fit.errors.mean() for fit in fits]))),
        ]
    )


def disagreement_section(records: Sequence[Record]) -> str:
    """Raises ValueError for records that the copies were chosen by."""
    if any(record["split"] != "dev" for record in records):
        raise ValueError("records of the split train are no results")
    groups: dict[tuple[str, str, int | None], list[Record]] = {}
    for record in records:
        key = (record["task"], record["method"], record["config"].get("steps"))
        groups.setdefault(key, []).append(record)
    rows = [
        measure_row(group, measure)
        for group in groups.values()
        for measure in MEASURES
        if has(group[0], measure)
    ]
    introduction = DISAGREEMENT.format(measures=measures_list(records))
    introduction = f"{introduction}\n{measured_with(records)}"
    return "\n".join([introduction, row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows]) + "\n"


def has(record: Record, measure: str) -> bool:
    return ("copies" if measure == "served" else measure) in record


def measures_list(records: Sequence[Record]) -> str:
    """Of those that the table shows"""
    lines = []
    for measure, meaning in MEASURES.items():
        shown = [record for record in records if has(record, measure)]
        answers = ", ".join(str(count) for count in distinct(shown, "answers"))
        if shown:
            lines.append(f"- *{measure}*: {meaning.format(answers=answers)}")
    return "\n".join(lines)
