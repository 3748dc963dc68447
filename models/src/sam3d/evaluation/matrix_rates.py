"""Which learning rate suits each change of the matrix:
python -m sam3d.evaluation.matrix_rates --setting automatic

Training patients alone: learned from the first, measured on those that follow. Prints the Dice of each rate;
a fit that the log holds is not run again. LEARNING_RATES of the configuration are chosen by it.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from .matrix import common_settings
from .matrix_base import base_of_size
from .matrix_cell import AUTOMATIC, PROMPT_BASED, Cell, CellRun, run_cell
from .matrix_table import CHANGES
from .own_process import in_own_process
from .records import read_log_if_any
from .tables import Record, short
from .task_table import of_patients
from .tasks import TASKS

LOG = Path("records/matrix_rates.jsonl")
CANDIDATES = {
    AUTOMATIC: {"vanilla": (0.003, 0.01), "adapter": (0.03, 0.1), "LoRA": (0.01, 0.03)},
    PROMPT_BASED: {
        "vanilla": (0.0001, 0.0003, 0.001),
        "adapter": (0.003, 0.01, 0.03),
        "LoRA": (0.003, 0.01, 0.03),
    },
}


def rate_runs(arguments: argparse.Namespace) -> Iterator[CellRun]:
    common, base = common_settings(arguments.steps, arguments.samples_per_step), base_of_size("tiny", {})
    for change in CHANGES:
        for rate in arguments.rate or CANDIDATES[arguments.setting][change]:
            settings = replace(common, parts="encoder+decoder", change=change, learning_rate=rate)
            cell = Cell("tiny", arguments.setting, settings.parts, change)
            yield CellRun(
                cell,
                base,
                arguments.task,
                settings,
                arguments.exemplars,
                arguments.evaluated,
                arguments.log,
                split="train",
            )


def rate_line(run: CellRun, records: Sequence[Record]) -> str:
    own = [record for record in records if run.holds(record)]
    scores = of_patients(own, own[0]["dice"]).scores
    return f"{run.cell}, rate {run.settings.learning_rate}: {short(float(scores.mean()))} of {len(scores)}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="hippocampus")
    parser.add_argument("--setting", choices=CANDIDATES, default=AUTOMATIC)
    parser.add_argument("--rate", type=float, action="append", help="instead of the candidates")
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--samples-per-step", type=int, default=2)
    parser.add_argument("--exemplars", type=int, default=5, help="patients that are learned from")
    parser.add_argument("--evaluated", type=int, default=8, help="patients that are measured on")
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    for run in rate_runs(arguments):
        if not run.is_done(read_log_if_any(arguments.log)):
            code = in_own_process(run_cell, (run,))
            if code:
                print(f"not run: {run}: it ended with code {code}", flush=True)
                continue
        print(rate_line(run, read_log_if_any(arguments.log)), flush=True)


if __name__ == "__main__":
    main()
