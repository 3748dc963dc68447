"""What each part of the answer is worth, as a section of RESULTS.md."""

from .bootstrap import mean_of_sets
from .methods import BOX, END_TO_END
from .paired import difference_cell, paired_differences
from .tables import Record, dice_of, distinct, joined, measured_with, row, set_scores

TITLE = "## Answered without a part"
INTRODUCTION = f"""{TITLE}

What each part of an answer is worth to the model as it is, which was trained with all of them: one that was
trained without might do better than these figures. Patients of the training split, by which methods may be
chosen; Dice after 1 / 3 / 5 prompts, and the difference to the whole with its 95 % interval by bootstrap over
the patients. From the log of `python -m sam3d.evaluation.ablation`.
"""


def ablation_section(records: list[Record]) -> str:
    """records: a case, variant and opening each; variants are held against the first one"""
    first, *_ = variants = distinct(records, "variant")
    lines = [
        INTRODUCTION,
        measured_with(records),
        row(["answered with", END_TO_END, "difference", BOX, "difference"]),
        "|---|---|---|---|---|",
    ]
    for variant in variants:
        cells = []
        for opening in (END_TO_END, BOX):
            played = [record for record in records if record["method"] == opening]
            own = [record for record in played if record["variant"] == variant]
            whole = [record for record in played if record["variant"] == first]
            cells.append(joined(mean_of_sets(set_scores(own, opening, dice_of))))
            change = difference_cell(paired_differences(own, opening, whole, dice_of))
            cells.append("" if variant == first else change)
        lines.append(row([variant, *cells]))
    return "\n".join(lines) + "\n"
