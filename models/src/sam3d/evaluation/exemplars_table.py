"""What is segmented like a few exemplars, a task and a number of exemplars a row."""

import numpy as np

from .bootstrap import interval_of_mean
from .exemplars import CLICKED, COPIED, IN_CONTEXT
from .tables import Record, distinct, measured_with, row, short
from .task_table import of_patients

TITLE = "## In-context segmentation"
EXEMPLARS = f"""{TITLE}

Segmented like a few exemplars, without training: what the exemplars' masks and features say, and what the
mask decoder makes of it. Exemplars are of the training split, the measured patients of the development
split; of sets marked †, of which no volume was trained on, both are patients of the set, and never the same.
Settings were chosen on training patients. From the log of `python -m sam3d.evaluation.exemplars`.

- *copied*: the mean of the same exemplars' masks at the same relative place, the image unseen.
- *one click*: a click into the middle of the true structure, as served; it has no exemplars.

Dice on the volume's own grid, mean of the structures. Below it is its 95 % interval, by bootstrap over the
patients; each patient's score is the mean of the draws of exemplars. Seconds are those of a processor for the
query, in Python; the exemplars had been looked at before.

Most of these images are cut to the organ's surroundings, so that the relative place alone says much, as
*copied* shows: tumours lie anywhere, and are found because the images were cut about them, without a gain
over that. How the method does on images of other extents, whole bodies for example, has not been measured.
"""
COLUMNS = ("task", "exemplars", "n", "in context", "copied", "one click", "by structure", "draws", "seconds")


def dice_cell(records: list[Record]) -> str:
    if not records:
        return "–"
    scores = of_patients(records, list(records[0]["dice"]))
    low, high = interval_of_mean([scores])[:, 0]
    return f"{short(float(scores.scores.mean()))}<br>{short(low)}–{short(high)}"


def bold(cell: str) -> str:
    mean, *below = cell.split("<br>")
    return "<br>".join([f"**{mean}**", *below])


def section_row(records: list[Record], clicked: list[Record]) -> str:
    """Of one task and number of exemplars"""
    own = [record for record in records if record["method"] == IN_CONTEXT]
    labels = list(own[0]["dice"])
    by_structure = "<br>".join(
        f"{label} {short(float(of_patients(own, [label]).scores.mean()))}" for label in labels
    )
    return row(
        [
            own[0]["task"],
            str(own[0]["count"]),
            str(len(distinct(own, "patient"))),
            bold(dice_cell(own)),
            dice_cell([record for record in records if record["method"] == COPIED]),
            dice_cell(clicked),
            by_structure if len(labels) > 1 else "",
            str(len(distinct(own, "draw"))),
            f"{np.mean([record['seconds'] for record in own]):.1f}",
        ]
    )


def exemplars_section(records: list[Record]) -> str:
    """Raises ValueError for records that methods were chosen by."""
    if any(record["split"] != "dev" for record in records):
        raise ValueError("records of the split train are no results")
    groups: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        if record["method"] != CLICKED:
            groups.setdefault((record["task"], record["count"]), []).append(record)
    clicks = [record for record in records if record["method"] == CLICKED]
    rows = [
        section_row(group, [record for record in clicks if record["task"] == task])
        for (task, _), group in groups.items()
        if any(record["method"] == IN_CONTEXT for record in group)
    ]
    return (
        "\n".join([EXEMPLARS, measured_with(records), row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows])
        + "\n"
    )
