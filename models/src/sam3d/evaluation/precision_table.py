"""What smaller numbers cost, as a section of RESULTS.md."""

from .bootstrap import mean_of_sets
from .paired import difference_cell, paired_differences
from .tables import Record, dice_of, distinct, joined, measured_with, row, set_scores

TITLE = "## Precisions"
INTRODUCTION = f"""{TITLE}

The same weights in graphs of float32, of float16 and, as shipped, with large convolutions in integers: size
of the graphs, Dice end to end after 1 / 3 / 5 clicks, and the difference to float32 with its 95 % interval by
bootstrap over the patients; sets of equal weight. From the log of `python -m sam3d.evaluation.precisions`.
"""


def precision_section(records: list[Record]) -> str:
    """records: a case and method each, the method a precision; others are compared with the first one"""
    first, *_ = names = distinct(records, "method")
    reference = [record for record in records if record["method"] == first]
    lines = [
        INTRODUCTION,
        measured_with(records),
        row(["precision", "graphs, MB", "n", "Dice", "difference"]),
        "|---|---|---|---|---|",
    ]
    for name in names:
        own = [record for record in records if record["method"] == name]
        dice = joined(mean_of_sets(set_scores(own, name, dice_of)))
        change = difference_cell(paired_differences(own, name, reference, dice_of))
        megabytes = f"{own[0]['megabytes']:.1f}"
        lines.append(row([name, megabytes, str(len(own)), dice, "" if name == first else change]))
    return "\n".join(lines) + "\n"
