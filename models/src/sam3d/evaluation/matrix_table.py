"""What fine-tuning each part in each way gives, a base a row."""

from collections.abc import Sequence

from .tables import Record, distinct, row
from .task_table import dice_cell

TITLE = "## Ways to fine-tune"
INTRODUCTION = f"""{TITLE}

The matrix of finetune-SAM (Gu et al. 2024): encoder and decoder or the decoder alone, all of their weights
(*vanilla*), spatial adapters behind their blocks or LoRA on their matrices and convolutions. Whatever else
stays, the last layer learns. One task, learned from the first patients of the training split and measured on
patients of the development split; Dice, below it the 95 % interval by bootstrap over the patients and the
parameters that learned. From the log of `python -m sam3d.evaluation.matrix`.
"""
PARTS = ("encoder+decoder", "decoder")
CHANGES = ("vanilla", "adapter", "LoRA")
NOT_RUN = "–"


def of_cell(records: Sequence[Record], size: str, parts: str, change: str) -> list[Record]:
    return [
        record
        for record in records
        if (record["size"], record["config"]["parts"], record["config"]["change"]) == (size, parts, change)
    ]


def cell(records: list[Record]) -> str:
    if not records:
        return NOT_RUN
    learned = records[0]["learnedParameters"] / 1e6
    return f"{dice_cell(records, records[0]['dice'])}<br>{learned:.2f} M"


def settings_line(records: Sequence[Record]) -> str:
    """Raises ValueError where records of several settings are mixed: their cells could not be compared."""
    settings = {
        (
            record["task"],
            record["config"]["steps"],
            record["config"]["samples_per_step"],
            tuple(record["exemplars"]),
        )
        for record in records
    }
    if len(settings) != 1:
        raise ValueError("the log holds cells of several tasks, steps or exemplars: keep those of one")
    task, steps, samples, exemplars = settings.pop()
    seeds, cases = distinct(records, "seed"), distinct(records, "case")
    return (
        f"{task}: {len(exemplars)} patients, {steps} steps of {samples} samples, seeds "
        f"{', '.join(map(str, seeds))}; measured on {len(cases)}."
    )


def matrix_section(records: Sequence[Record], not_run: Sequence[str]) -> str:
    """not_run: a line for each cell that is left out, with the reason"""
    sizes = distinct(records, "size")
    columns = ("base", *(f"{parts}, {change}" for parts in PARTS for change in CHANGES))
    rows = [
        row([size, *(cell(of_cell(records, size, parts, c)) for parts in PARTS for c in CHANGES)])
        for size in sizes
    ]
    table = [row(columns), "|" + "---|" * len(columns), *rows]
    left_out = ["", "Not run:", "", *(f"- {line}" for line in not_run)] if not_run else []
    return "\n".join([INTRODUCTION, settings_line(records), "", *table, *left_out]) + "\n"
