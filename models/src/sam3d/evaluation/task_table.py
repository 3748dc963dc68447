"""What was learned from few patients, a method a row."""

from collections.abc import Iterable

import numpy as np

from .bootstrap import SetScores, interval_of_mean
from .tables import Record, distinct, row, short

TITLE = "## Learned tasks"
TASKS = f"""{TITLE}

Prompt-free tasks learned from the first patients of the training split, measured on patients of the
development split that nothing was learned from; Dice on the volume's own grid, by sliding window. From the
log of `python -m sam3d.evaluation.tasks`.

{{methods}}

The base has learned to answer clicks on structures of this kind in the training split, too. Below each mean
is its 95 % interval, by bootstrap over the patients; each patient's score is the mean of the seeds. Learned:
parameters. Seconds are of one thread on a machine shared with other work.
"""
METHODS = {  # what a name in the table means, in the order of the list
    "samed": "low-rank adapters in the encoder's convolutions, and the semantic decoder.",
    "vanilla": "the semantic decoder alone.",
    "ma_sam": "adapters along the depth behind the encoder's residual blocks, and the semantic decoder.",
    "sam_adapter_3d": "spatial adapters there, a decoder of levels; half of the samples have a click.",
    "synthesis": "half of the samples are drawn again in another exemplar's intensities (after Cheap Lunch).",
    "scratch": "the same network with nothing learned before, a 3D U-Net.",
}
COLUMNS = ("task", "patients", "method", "steps", "seeds", "n", "Dice", "by structure", "learned", "seconds")


def of_patients(records: Iterable[Record], labels: Iterable[str]) -> SetScores:
    """The mean of these labels and of the seeds, a patient a score"""
    wanted = set(labels)
    scores: dict[str, list[float]] = {}
    for record in records:
        found = [value for label, value in record["dice"].items() if label in wanted and value is not None]
        if found:
            scores.setdefault(record["patient"], []).append(float(np.mean(found)))
    return SetScores(tuple(scores), np.array([[np.mean(found)] for found in scores.values()]))


def method_of(record: Record) -> str:
    share = record["config"].get("synthesis_share", 0)
    return record["method"] if share == 0 else f"{record['method']}, synthesis"


def dice_cell(records: list[Record], labels: Iterable[str]) -> str:
    scores = of_patients(records, labels)
    low, high = interval_of_mean([scores])[:, 0]
    return f"**{short(float(scores.scores.mean()))}**<br>{short(low)}–{short(high)}"


def method_row(records: list[Record]) -> str:
    """Of one task, method, number of exemplars and steps"""
    first = records[0]
    labels = list(first["dice"])
    by_structure = "<br>".join(
        f"{label} {short(float(of_patients(records, [label]).scores.mean()))}" for label in labels
    )
    return row(
        [
            first["task"],
            str(len(first["exemplars"])),
            method_of(first),
            str(first["config"]["steps"]),
            str(len({record["seed"] for record in records})),
            str(len(distinct(records, "case"))),
            dice_cell(records, labels),
            by_structure,
            f"{first['learnedParameters'] / 1e6:.2f} M",
            f"{np.mean([record['seconds'] for record in records]):.0f}",
        ]
    )


def methods_list(records: Iterable[Record]) -> str:
    """Of those that the table shows"""
    shown = {name for record in records for name in method_of(record).split(", ")}
    return "\n".join(f"- *{name}*: {meaning}" for name, meaning in METHODS.items() if name in shown)


def task_section(records: list[Record]) -> str:
    groups: dict[tuple, list[Record]] = {}
    for record in records:
        key = (record["task"], len(record["exemplars"]), record["config"]["steps"], method_of(record))
        groups.setdefault(key, []).append(record)
    rows = [
        method_row(group)
        for _, group in sorted(groups.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2]))
    ]
    introduction = TASKS.format(methods=methods_list(records))
    return "\n".join([introduction, row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows]) + "\n"
