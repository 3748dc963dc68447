"""What fine-tuning each part in each way gives, a base in a setting a row."""

from collections.abc import Iterable, Sequence

from .matrix_base import BASE_SIZES
from .tables import ABSENT, Record, distinct, row
from .task_table import ONE_CLICK, dice_cell, difference_cell, steps_of

TITLE = "## Ways to fine-tune"
INTRODUCTION = f"""{TITLE}

The matrix of finetune-SAM (Gu et al. 2024): encoder and decoder or the decoder alone, all of their weights
(*vanilla*), spatial adapters behind their blocks or LoRA on their matrices and convolutions. Each change has
a learning rate of its own (models/README.md). One task, learned from the first patients of the training
split and measured on patients of the development split; Dice, below it the 95 % interval by bootstrap over
the patients (each patient's score is the mean of the seeds) and the parameters that learned. From the log of
`python -m sam3d.evaluation.matrix`.

- *automatic*: without prompts, with a semantic decoder; whatever else stays, its last layer learns.
- *prompt-based*: the promptable model itself learns to answer clicks, and is measured by one click into the
  middle of each structure. *Nothing learned* is that click answered by the base; the last line of a cell is
  what is gained over it. A click says where a structure is: not to be compared with the other rows.
- *pre-trained*: as *automatic*, from an encoder that first learned to reconstruct hidden voxels of unlabelled
  images of other training patients.
- *few-shot*: as *automatic*, from fewer patients.

The bases have learned to answer clicks on structures of this kind in the training split, too: on the patients
that are learned from here, and on many more. *Patients* are those of the task alone.
"""
PARTS = ("encoder+decoder", "decoder")
CHANGES = ("vanilla", "adapter", "LoRA")
WAYS = tuple((parts, change) for parts in PARTS for change in CHANGES)


def of_way(records: Iterable[Record], parts: str, change: str) -> list[Record]:
    return [
        record
        for record in records
        if (record["config"].get("parts"), record["config"].get("change")) == (parts, change)
    ]


def sizes_of(records: Sequence[Record]) -> list[str]:
    """From the smallest on, whichever was run first; those that were brought along behind"""
    found = distinct(records, "size")
    return sorted(found, key=lambda size: BASE_SIZES.index(size) if size in BASE_SIZES else len(BASE_SIZES))


def of_size(records: Iterable[Record], size: str) -> list[Record]:
    return [record for record in records if record["size"] == size]


def of_row(records: Iterable[Record], size: str, setting: str) -> list[Record]:
    return [record for record in records if (record["size"], record["setting"]) == (size, setting)]


def way_cell(records: list[Record], clicks: list[Record]) -> str:
    """clicks: what the base makes of the same prompts; none where it was not asked"""
    if not records:
        return ABSENT
    learned = f"{records[0]['learnedParameters'] / 1e6:.2f} M"
    gain = [difference_cell(records, clicks)] if clicks else []
    return "<br>".join([dice_cell(records, records[0]["dice"]), learned, *gain])


def number_of(records: Iterable[list[Record]], key: str) -> str:
    """How many a cell has; where cells differ, of the fewest and the most"""
    counts = sorted(len(distinct(cell, key)) for cell in records)
    return str(counts[0]) if counts[0] == counts[-1] else f"{counts[0]}–{counts[-1]}"


def matrix_row(records: list[Record]) -> str:
    """Of one base in one setting"""
    clicks = [record for record in records if record["method"] == ONE_CLICK]
    learned = [record for record in records if record["method"] != ONE_CLICK]
    cells = [of_way(learned, *way) for way in WAYS]
    present = [cell for cell in cells if cell]
    heads = [
        learned[0]["size"],
        learned[0]["setting"],
        str(len(learned[0]["exemplars"])),
        steps_of(learned[0]),
        number_of(present, "seed"),
        number_of(present, "case"),
        dice_cell(clicks, clicks[0]["dice"]) if clicks else ABSENT,
    ]
    return row([*heads, *(way_cell(cell, clicks) for cell in cells)])


def refuse_mixed(records: Sequence[Record]) -> None:
    """Raises ValueError where cells could not be compared."""
    if len({(record["task"], record["split"]) for record in records}) > 1:
        raise ValueError("the log holds cells of several tasks: keep those of one")
    for size in distinct(records, "size"):
        own = of_size(records, size)
        if len(distinct(own, "model")) > 1:
            raise ValueError(f"the log holds cells of several bases of size {size}: keep those of one")
        for setting in distinct(own, "setting"):
            of_setting = of_row(own, size, setting)
            learned_from = {(steps_of(record), tuple(record["exemplars"])) for record in of_setting}
            before = {str((record.get("pretraining") or {}) | {"seed": 0}) for record in of_setting}
            rates = {(one["config"]["change"], one["config"]["learning_rate"]) for one in of_setting}
            if max(len(learned_from), len(before)) > 1 or len(rates) > len({change for change, _ in rates}):
                raise ValueError(f"the log holds several settings of {size}, {setting}: keep those of one")


def settings_line(records: Sequence[Record]) -> str:
    """What all rows have in common, and what came before some"""
    models = [f"{size}: {of_size(records, size)[0]['model']}" for size in sizes_of(records)]
    before = next((record["pretraining"] for record in records if record.get("pretraining")), None)
    pretraining = f"; pre-training {before['steps']} × {before['samples_per_step']}" if before else ""
    return f"{records[0]['task']}; {', '.join(models)}{pretraining}. Steps: of so many samples."


def matrix_section(records: Sequence[Record], not_run: Sequence[str]) -> str:
    """not_run: a line for each cell that is left out, with the reason. Raises ValueError, as refuse_mixed."""
    learned = [record for record in records if record["method"] != ONE_CLICK]
    refuse_mixed(learned)
    heads = ("base", "setting", "patients", "steps", "seeds", "n", "nothing learned")
    columns = (*heads, *(", ".join(way) for way in WAYS))
    rows = [
        matrix_row(of_row(records, size, setting))
        for size in sizes_of(learned)
        for setting in distinct(of_size(learned, size), "setting")
    ]
    table = [row(columns), "|" + "---|" * len(columns), *rows]
    left_out = ["", "Not run:", "", *(f"- {line}" for line in not_run)] if not_run else []
    return "\n".join([INTRODUCTION, settings_line(learned), "", *table, *left_out]) + "\n"
