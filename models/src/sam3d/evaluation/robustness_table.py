"""What small changes do to the answer, as a section of RESULTS.md."""

import numpy as np

from .bootstrap import mean_of_sets
from .paired import difference_cell, paired_differences
from .tables import ABSENT, Record, distinct, joined, measured_with, row, set_scores, short

UNCHANGED = "unchanged"
REPORTED_CLICKS = (1, 3)
TITLE = "## Robustness"
INTRODUCTION = f"""{TITLE}

What a change of the image or of the first click, which leaves the structure as it is, does to an answer: Dice
after 1 / 3 clicks on the first patients of each set, and the difference to the same cases unchanged, with its
95 % interval by bootstrap over the patients; sets of equal weight. *Consistency*: Dice of the first click's
mask, brought back onto the unchanged grid, with the mask of the unchanged case: 1 is the same mask. From the
log of `python -m sam3d.evaluation.robustness`.

- *click … mm off*: another voxel of the structure that far from the click, or the nearest to that.
- *clipped*: contrast lost, as by a window that is too narrow; *× 0.5 + 100*: other units.
- *noise*: Gaussian, its deviation in percent of the range from the first to the 99th percentile.
- *slices twice as thick*: each the mean of two, on half the grid.
- *flipped*, *turned*: the whole volume; the click hits the same voxel.
"""


def clicks_of(record: Record) -> list[float]:
    return [record["dice"][click - 1] for click in REPORTED_CLICKS]


def consistency_cell(records: list[Record]) -> str:
    by_set = [
        [one["consistency"] for one in records if one["set"] == name and one["consistency"] is not None]
        for name in distinct(records, "set")
    ]
    means = [np.mean(found) for found in by_set if found]
    return short(float(np.mean(means))) if means else ABSENT


def robustness_section(records: list[Record]) -> str:
    """records: a case and method each, the method a perturbation's name"""
    unchanged = [record for record in records if record["method"] == UNCHANGED]
    lines = [
        INTRODUCTION,
        measured_with(records),
        row(["perturbation", "n", "Dice", "difference", "consistency"]),
        "|---|---|---|---|---|",
    ]
    for name in distinct(records, "method"):
        own = [record for record in records if record["method"] == name]
        change = paired_differences(own, name, unchanged, clicks_of)
        cells = [
            joined(mean_of_sets(set_scores(own, name, clicks_of))),
            "" if name == UNCHANGED else difference_cell(change),
            "" if name == UNCHANGED else consistency_cell(own),
        ]
        lines.append(row([name, str(len(own)), *cells]))
    return "\n".join(lines) + "\n"
