"""Every row of 'Learned tasks', the most important first:
python -m sam3d.evaluation.task_rows

One click of the base; all methods on five patients, the curve of Cheap Lunch, another task, each with the
seeds below. A run that the log holds is not run again: the same command goes on after a stop. The section
of RESULTS.md is made of the log by `python -m sam3d.evaluation.results`.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from sam3d.adaptation.methods import plain, read_method_config
from sam3d.adaptation.settings import TaskSettings

from .evaluated_base import base_of_zoo
from .model_name import model_name
from .one_click import evaluate_one_click
from .own_process import in_own_process
from .records import read_log_if_any
from .tables import Record
from .task_table import ONE_CLICK
from .tasks import LOG, TASKS, ZOO, evaluate_task

CONFIGS = Path(__file__).resolve().parents[3] / "configs" / "adaptation"
SEEDS = (0, 1, 2)
EVALUATED = 10  # patients, where there are as many
CURVE = (5, 1, 2, 10)  # exemplars of Cheap Lunch, with synthesis and without


class Row(NamedTuple):
    task: str
    config: str  # of configs/adaptation
    exemplars: int


METHOD_ROWS = [
    Row("hippocampus", config, 5) for config in ("samed", "vanilla", "scratch", "sam_adapter_3d", "ma_sam")
]
OTHER_ROWS = [
    *(Row("hippocampus", config, count) for count in CURVE for config in ("cheap_lunch", "samed")),
    *(Row("prostate-mr", config, 5) for config in ("samed", "vanilla", "scratch")),
]


class Run(NamedTuple):
    row: Row
    method: str
    settings: TaskSettings  # with the seed

    def __str__(self) -> str:
        row = self.row
        return f"{row.task}, {row.config}, {row.exemplars} patients, seed {self.settings.seed}"

    def is_done(self, records: Sequence[Record]) -> bool:
        return any(
            record["task"] == TASKS[self.row.task].title
            and record["method"] == self.method
            and len(record["exemplars"]) == self.row.exemplars
            and record["config"] == plain(self.settings)
            for record in records
        )


def runs_of(changed: dict[str, int]) -> Iterator[Run]:
    """changed: settings instead of the configurations'. A row that stands twice is one."""
    others = [row for row in OTHER_ROWS if row not in METHOD_ROWS]
    for rows in (METHOD_ROWS, others):
        for seed in SEEDS:
            for row in rows:
                method, settings = read_method_config(CONFIGS / f"{row.config}.yaml")
                yield Run(row, method, replace(settings, seed=seed, **changed))


def run_one(run: Run, log: Path) -> None:
    """Appends a record a case to the log."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    base = base_of_zoo(ZOO)
    evaluate_task(run.row.task, run.method, run.settings, run.row.exemplars, EVALUATED, base, log)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, help="of each fit, instead of the configurations'")
    parser.add_argument("--samples-per-step", type=int, help="the same")
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    others = {record["model"] for record in read_log_if_any(arguments.log)} - {model_name(ZOO)}
    if others:
        parser.error(f"{arguments.log} holds rows of {', '.join(sorted(others))}: choose another --log")
    for task in dict.fromkeys(row.task for row in (*METHOD_ROWS, *OTHER_ROWS)):
        if not any(
            record["task"] == TASKS[task].title and record["method"] == ONE_CLICK
            for record in read_log_if_any(arguments.log)
        ):
            evaluate_one_click(task, EVALUATED, ZOO, arguments.log)
    given = {"steps": arguments.steps, "samples_per_step": arguments.samples_per_step}
    for run in runs_of({name: value for name, value in given.items() if value is not None}):
        if run.is_done(read_log_if_any(arguments.log)):
            continue
        print(run, flush=True)
        code = in_own_process(run_one, (run, arguments.log))
        if code:
            print(f"not run: {run}: it ended with code {code}", flush=True)


if __name__ == "__main__":
    main()
