"""What was learned from few patients, a method a row."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from .bootstrap import SetScores, interval_of_mean
from .tables import ABSENT, Record, distinct, measured_with, row, short, signed

ONE_CLICK = "one click"  # what a record's method is where the base answers and nothing was learned
TITLE = "## Learned tasks"
TASKS = f"""{TITLE}

Prompt-free tasks learned from the first patients of the training split, measured on patients of the
development split that nothing was learned from; Dice on the volume's own grid, by sliding window. Settings
were chosen on other patients of the training split. From the log of `python -m sam3d.evaluation.task_rows`.

{{methods}}

The base has learned to answer clicks on structures of this kind in the training split, too. Below each mean
is its 95 % interval, by bootstrap over the patients; each patient's score is the mean of the seeds. Steps: of
so many samples. Learned: parameters, and the file of them in float32. Seconds are those of a processor, and
memory is the most that the process held, for learning on one thread.
"""
DIFFERENCES = """
What a method gains on the same patients over others that learned from as many in as many steps, and over the
one click. Dice; 95 % interval by bootstrap over the patients.
"""
METHODS = {  # what a name in the table means, in the order of the list
    "samed": "low-rank adapters in the encoder's convolutions, and the semantic decoder.",
    "vanilla": "the semantic decoder alone.",
    "ma_sam": "adapters along the depth behind the encoder's residual blocks, and the semantic decoder.",
    "sam_adapter_3d": "spatial adapters there, a decoder of levels; half of the samples have a click.",
    "synthesis": "half of the samples are drawn again in another exemplar's intensities (after Cheap Lunch).",
    "scratch": "the same network with nothing learned before, a 3D U-Net.",
    ONE_CLICK: "the base as served, told of a click into the middle of each structure; it learns nothing.",
}
COLUMNS = (
    *("task", "patients", "method", "steps", "seeds", "n", "Dice", "by structure"),
    *("learned", "file", "seconds", "memory"),
)
COMPARED = ("vanilla", "scratch", "samed")


class Group(NamedTuple):
    """What a row is of"""

    task: str
    exemplars: int
    steps: str
    method: str


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
    learns = first["method"] != ONE_CLICK
    return row(
        [
            first["task"],
            str(len(first["exemplars"])),
            method_of(first),
            steps_of(first) if learns else ABSENT,
            str(len({record["seed"] for record in records})) if learns else ABSENT,
            str(len(distinct(records, "case"))),
            dice_cell(records, labels),
            by_structure if len(labels) > 1 else "",
            *(cost_cells(records) if learns else [ABSENT] * 4),
        ]
    )


def steps_of(record: Record) -> str:
    return f"{record['config']['steps']} × {record['config']['samples_per_step']}"


def cost_cells(records: list[Record]) -> list[str]:
    first = records[0]
    return [
        f"{first['learnedParameters'] / 1e6:.2f} M",
        f"{first['learnedBytes'] / 1e6:.1f} MB",
        f"{np.mean([record['seconds'] for record in records]):.0f}",
        f"{max(record['peakMb'] for record in records) / 1024:.1f} GiB",
    ]


def methods_list(records: Iterable[Record]) -> str:
    """Of those that the table shows"""
    shown = {name for record in records for name in method_of(record).split(", ")}
    return "\n".join(f"- *{name}*: {meaning}" for name, meaning in METHODS.items() if name in shown)


def difference_cell(records: list[Record], others: list[Record]) -> str:
    """Of the patients that both have; empty without any"""
    labels = list(records[0]["dice"])
    own, other = (
        dict(zip(found.patients, found.scores[:, 0], strict=True))
        for found in (of_patients(records, labels), of_patients(others, labels))
    )
    shared = tuple(patient for patient in own if patient in other)
    if not shared:
        return ""
    gains = np.array([[own[patient] - other[patient]] for patient in shared])
    low, high = interval_of_mean([SetScores(shared, gains)])[:, 0]
    return f"**{signed([gains.mean()])}**<br>{signed([low])} to {signed([high])}"


def groups_of(records: Iterable[Record]) -> dict[Group, list[Record]]:
    """In the order of the rows"""
    groups: dict[Group, list[Record]] = {}
    for record in records:
        steps = steps_of(record) if record["method"] != ONE_CLICK else ""
        key = Group(record["task"], len(record["exemplars"]), steps, method_of(record))
        groups.setdefault(key, []).append(record)
    return dict(sorted(groups.items(), key=lambda item: (item[0].task, -item[0].exemplars, item[0].steps)))


def difference_rows(groups: dict[Group, list[Record]]) -> list[str]:
    rows = []
    for group, records in groups.items():
        others = [
            *(groups.get(group._replace(method=name)) for name in COMPARED if name != group.method),
            groups.get(Group(group.task, 0, "", ONE_CLICK)),
        ]
        if group.method == ONE_CLICK or not any(others):
            continue
        of = {found[0]["method"]: difference_cell(records, found) for found in others if found}
        cells = [of.get(name, "") for name in (*COMPARED, ONE_CLICK)]
        rows.append(row([group.task, str(group.exemplars), group.method, group.steps, *cells]))
    return rows


def task_section(records: list[Record]) -> str:
    groups = groups_of(records)
    rows = [method_row(group) for group in groups.values()]
    introduction = TASKS.format(methods=methods_list(records))
    lines = [introduction, measured_with(records), row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows]
    differences = difference_rows(groups)
    if differences:
        heads = ("task", "patients", "method", "steps", *(f"over {name}" for name in (*COMPARED, ONE_CLICK)))
        lines += [DIFFERENCES, row(heads), "|" + "---|" * len(heads), *differences]
    return "\n".join(lines) + "\n"
