"""What a model loses that was trained without one of its parts."""

from .bootstrap import mean_of_sets
from .methods import END_TO_END, TRUE_ZOOM
from .paired import difference_cell, paired_differences
from .tables import Record, dice_of, distinct, joined, row, set_scores

TITLE = "## Trained without a part"
INTRODUCTION = f"""{TITLE}

Short runs from scratch that differ in one part, measured on the cases of the first table through PyTorch:
Dice after 1 / 3 / 5 clicks, and the difference to the first row with its 95 % interval by bootstrap over the
patients. They learn from a fraction of what the shipped model has learned from: what a part is worth in a
long run may differ, and one seed says little of small differences. From the log of
`python -m sam3d.evaluation.trained_ablation`.
"""


def trained_ablation_section(records: list[Record]) -> str:
    names = distinct(records, "variant")
    by_name = {name: [record for record in records if record["variant"] == name] for name in names}
    first = by_name[names[0]]
    lines = [
        INTRODUCTION,
        f"{first[0]['samples']} samples each, seed {first[0]['seed']}.\n",
        row(["trained with", TRUE_ZOOM, "difference", END_TO_END, "difference"]),
        "|---|---|---|---|---|",
    ]
    for name, own in by_name.items():
        cells = []
        for method in (TRUE_ZOOM, END_TO_END):
            cells.append(joined(mean_of_sets(set_scores(own, method, dice_of))))
            reference = [record for record in first if record["method"] == method]
            change = paired_differences(own, method, reference, dice_of)
            cells.append("" if own is first else difference_cell(change))
        lines.append(row([name, *cells]))
    return "\n".join(lines) + "\n"
