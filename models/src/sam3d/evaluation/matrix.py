"""Every way to fine-tune on one task, in one table:
python -m sam3d.evaluation.matrix --task hippocampus

For each base that is there {encoder+decoder, decoder} × {vanilla, adapter, LoRA}, in finetune-SAM's settings:
without prompts (automatic), the promptable model itself (prompt-based), with an encoder that first went on
learning from unlabelled images (pre-trained), from few exemplars (few-shot). A cell that the log holds is not
run again, so that the same command goes on after a stop. What is not run is said, with the reason.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sam3d.adaptation.finetuned.config import LEARNING_RATES, PROMPTABLE_LEARNING_RATES, FinetunedConfig
from sam3d.adaptation.pretraining import Pretraining

from .matrix_base import BASE_SIZES, base_of_size, read_base, reason_against
from .matrix_cell import (
    FEW_SHOT,
    PRE_TRAINED,
    PROMPT_BASED,
    SETTINGS,
    Cell,
    CellRun,
    run_base_click,
    run_cell,
)
from .matrix_table import CHANGES, PARTS, matrix_section
from .own_process import in_own_process
from .records import read_log_if_any
from .result_sections import write_section
from .tables import Record
from .task_table import ONE_CLICK
from .tasks import TASKS

LOG = Path("records/matrix.jsonl")
RESULTS = Path("RESULTS.md")


def common_settings(steps: int, samples: int) -> FinetunedConfig:
    warm_up_steps = min(FinetunedConfig.warm_up_steps, max(1, steps // 5))
    return FinetunedConfig(steps=steps, samples_per_step=samples, warm_up_steps=warm_up_steps)


def runs_of(arguments: argparse.Namespace, sizes: list[str]) -> Iterator[CellRun]:
    """Another seed after all settings: each has its first figures soon."""
    given = dict(arguments.base)
    common = common_settings(arguments.steps, arguments.samples_per_step)
    before = Pretraining(steps=arguments.pretraining_steps, samples_per_step=arguments.samples_per_step)
    bases = {size: base_of_size(size, given) for size in sizes}
    cells = [(parts, change) for parts in PARTS for change in CHANGES]
    for seed in arguments.seeds:
        for setting in arguments.setting:
            for size, base in bases.items():
                for parts, change in cells:
                    rates = PROMPTABLE_LEARNING_RATES if setting == PROMPT_BASED else LEARNING_RATES
                    settings = replace(
                        common, seed=seed, parts=parts, change=change, learning_rate=rates[change]
                    )
                    yield CellRun(
                        Cell(size, setting, parts, change),
                        base,
                        arguments.task,
                        settings,
                        arguments.few_exemplars if setting == FEW_SHOT else arguments.exemplars,
                        arguments.evaluated,
                        arguments.log,
                        replace(before, seed=seed) if setting == PRE_TRAINED else None,
                    )


def of_other_settings(record: Record, arguments: argparse.Namespace) -> bool:
    """Whether it could not stand in one table with what is asked for"""
    if record["task"] != TASKS[arguments.task].title or record["split"] != "dev":
        return True
    if record["method"] == ONE_CLICK or record["setting"] not in arguments.setting:
        return False
    steps = arguments.steps, arguments.samples_per_step
    return (record["config"]["steps"], record["config"]["samples_per_step"]) != steps


def run_missing(run: CellRun) -> list[str]:
    """What the log lacks of a cell → lines of what was not run"""
    failed = []
    if run.cell.setting == PROMPT_BASED and not run.clicks_are_known(read_log_if_any(run.log)):
        code = in_own_process(run_base_click, (run,))
        if code:
            failed.append(f"{run.cell.size}, one click of the base: it ended with code {code}")
    if not run.is_done(read_log_if_any(run.log)):
        print(run, flush=True)
        code = in_own_process(run_cell, (run,))
        if code:
            failed.append(f"{run}: it ended with code {code}")
    return failed


def absent(runs: Iterable[CellRun], records: Sequence[Record]) -> list[str]:
    """Cells that the log holds nothing of, whatever their steps; a base in a setting where it has none"""
    held = {(*of_record(record), record["seed"]) for record in records if record["method"] != ONE_CLICK}
    rows: dict[tuple[str, str], list[CellRun]] = {}
    for run in runs:
        rows.setdefault(run.cell[:2], []).append(run)
    names = []
    for row, cells in rows.items():
        missing = [str(run) for run in cells if (*run.cell, run.settings.seed) not in held]
        names += [", ".join(row)] if len(missing) == len(cells) else missing
    return names


def of_record(record: Record) -> Cell:
    return Cell(record["size"], record["setting"], record["config"]["parts"], record["config"]["change"])


def base_argument(text: str) -> tuple[str, Path]:
    try:
        return read_base(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def read_arguments(
    words: Sequence[str] | None,
) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="hippocampus")
    parser.add_argument("--setting", choices=SETTINGS, nargs="+", default=SETTINGS)
    parser.add_argument("--seeds", type=int, nargs="+", default=(0, 1, 2))
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--samples-per-step", type=int, default=2)
    parser.add_argument("--exemplars", type=int, default=5, help="patients that are learned from")
    parser.add_argument("--few-exemplars", type=int, default=1, help=f"the same, {FEW_SHOT}")
    parser.add_argument("--pretraining-steps", type=int, default=100, help=f"before the cells, {PRE_TRAINED}")
    parser.add_argument("--evaluated", type=int, default=10, help="patients that are measured on")
    parser.add_argument(
        "--base",
        type=base_argument,
        action="append",
        default=[],
        metavar="SIZE=CHECKPOINT",
        help="of a run, instead of the zoo's; may be given for several sizes",
    )
    parser.add_argument(
        "--table",
        metavar="REASON",
        nargs="?",
        const="not yet run",
        help="of what the log holds; nothing is run, for which a reason may be given",
    )
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser, parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> None:
    """words: of the command line; None: those that it was started with"""
    parser, arguments = read_arguments(words)
    is_table = arguments.table is not None
    records = read_log_if_any(arguments.log)
    if not is_table and any(of_other_settings(record, arguments) for record in records):
        parser.error(f"{arguments.log} holds cells of other settings: choose another --log")
    given = dict(arguments.base)
    reasons = {size: reason_against(size, given) for size in dict.fromkeys((*BASE_SIZES, *given))}
    not_run = [f"{size}: {reason}" for size, reason in reasons.items() if reason is not None]
    runs = runs_of(arguments, [size for size, reason in reasons.items() if reason is None])
    if is_table:
        not_run += [f"{missing}: {arguments.table}" for missing in absent(runs, records)]
    else:
        for run in runs:
            not_run += run_missing(run)
    records = read_log_if_any(arguments.log)
    measured = {record["setting"] for record in records if record["method"] != ONE_CLICK}
    not_run += [f"{one}: not asked for" for one in SETTINGS if one not in {*measured, *arguments.setting}]
    for line in not_run:
        print(f"not run: {line}")
    if measured:
        write_section(arguments.results, matrix_section(records, not_run))


if __name__ == "__main__":
    main()
