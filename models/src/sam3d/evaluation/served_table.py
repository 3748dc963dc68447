"""Does the model answer the same in PyTorch, in the exported graphs and in the running server?"""

import numpy as np

from .tables import ABSENT, REPORTED_PROMPTS, Record, joined, row, short

PYTORCH = "PyTorch"
ONNX = "ONNX"
HTTP = "HTTP"
WAYS = (PYTORCH, ONNX, HTTP)
COMPARED_WITH_ONNX = (PYTORCH, HTTP)
NOT_MEASURED = "Not measured with this version.\n"


def scores_of(record: Record, way: str) -> list[float] | None:
    """Dice after REPORTED_PROMPTS; without an error left no further click was made, and nothing changed"""
    scores = record["dice"].get(way)
    if scores is None:
        return None
    return [scores[min(prompt, len(scores)) - 1] for prompt in REPORTED_PROMPTS]


def agreement_cell(record: Record, way: str) -> str:
    least = record["agreement"].get(way)
    return ABSENT if least is None else short(least)


def mean_row(records: list[Record]) -> str:
    """Of the ways that all of them were played through"""
    cells = []
    for way in WAYS:
        scores = [scores_of(record, way) for record in records]
        known = [found for found in scores if found is not None]
        cells.append(f"**{joined(np.mean(known, 0))}**" if len(known) == len(records) else ABSENT)
    return row([f"mean, {len(records)} in all", *cells, *[""] * len(COMPARED_WITH_ONNX)])


def served_table(served: list[Record], model: str | None) -> str:
    """served: one a case, of the log of `served`; model: that which was evaluated"""
    measured = [record for record in served if (record["model"], record["split"]) == (model, "dev")]
    if not measured:
        return NOT_MEASURED
    lines = [
        row(["set", *WAYS, *(f"{way} agrees" for way in COMPARED_WITH_ONNX)]),
        "|---|---|---|---|---|---|",
    ]
    for record in measured:
        found = [scores_of(record, way) for way in WAYS]
        cells = [ABSENT if scores is None else joined(scores) for scores in found]
        agreements = [agreement_cell(record, way) for way in COMPARED_WITH_ONNX]
        lines.append(row([record["set"], *cells, *agreements]))
    lines.append(mean_row(measured))
    over_http = [record for record in measured if HTTP in record["dice"]]
    if 0 < len(over_http) < len(measured):
        lines.append(mean_row(over_http))
    return "\n".join(lines) + "\n"
