"""What each part of the answer is worth: python -m sam3d.evaluation.ablation --model zoo/sam3d-tiny

Parts are switched off in the model as it is, which was trained with all of them: one that was trained without
might do better than these figures. On the training split, by which methods may be chosen.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries
from sam3d.model.prompt_encoder import (
    CONNECTEDNESS_MAPS,
    DIFFERENCE_MAPS,
    FAR_INTENSITY,
    PREVIOUS_MAP,
    QUARTER_MAPS,
    SIMILARITY_MAPS,
    WALK_MAPS,
)
from sam3d.model.refinement import Refinement

from .cases import Case, load_case, select_cases
from .engine import REFINEMENT, OnnxEngine, Tensors
from .protocols import play_box, play_clicks
from .tables import REPORTED_PROMPTS
from .zoom import ZoomPolicy


@dataclass(frozen=True)
class Silenced:
    """Maps of the prompt encoder that say what they say of no prompt"""

    tensor: str
    maps: tuple[int, ...]
    value: float = 0.0


@dataclass(frozen=True)
class Variant:
    name: str
    silenced: tuple[Silenced, ...] = ()
    refinement: Refinement | None = REFINEMENT


VARIANTS = (
    Variant("all"),
    Variant("no refinement of borders", refinement=None),
    Variant("no random walk", (Silenced("prompt_half", WALK_MAPS),)),
    Variant("no connectedness", (Silenced("prompt_half", CONNECTEDNESS_MAPS),)),
    Variant(
        "no learned similarity",
        (
            Silenced("prompt_half", SIMILARITY_MAPS),
            Silenced("prompt_quarter", tuple(range(QUARTER_MAPS))),
        ),
    ),
    Variant("no difference of intensities", (Silenced("prompt_half", DIFFERENCE_MAPS, FAR_INTENSITY),)),
    Variant("no earlier mask", (Silenced("prompt_half", (PREVIOUS_MAP,)),)),
)


class VariantEngine(OnnxEngine):
    def __init__(self, folder: Path, variant: Variant) -> None:
        super().__init__(folder, refinement=variant.refinement)
        self.variant = variant

    def run(self, graph: str, tensors: Tensors) -> Tensors:
        found = super().run(graph, tensors)
        for silenced in self.variant.silenced:
            if silenced.tensor in found:
                found[silenced.tensor][:, list(silenced.maps)] = silenced.value
        return found


@cache
def engine_of(model: Path, variant: Variant) -> VariantEngine:
    """One a process"""
    return VariantEngine(model, variant)


def play_case(case: Case, model: Path) -> np.ndarray:
    """→ (variants, 2, reported prompts): Dice after each, opened by a click, and by a box"""
    volume, truth = load_case(case, data_folder())
    policy, reported = ZoomPolicy(), [prompt - 1 for prompt in REPORTED_PROMPTS]
    plays = []
    for variant in VARIANTS:
        engine = engine_of(model, variant)
        clicked = play_clicks(engine, policy, volume, truth, case.case_id, true_zoom=False)
        boxed = play_box(engine, policy, volume, truth, case.case_id)
        plays.append([[play.dice[prompt] for prompt in reported] for play in (clicked, boxed)])
    return np.array(plays)


def ablation_table(scores: np.ndarray) -> str:
    """scores (variants, 2, reported prompts), means over sets; differences are to the first"""
    columns = " / ".join(map(str, REPORTED_PROMPTS))
    lines = [
        f"| | click, Dice after {columns} | difference | box, Dice after {columns} | difference |",
        "|---|---|---|---|---|",
    ]
    for variant, (clicked, boxed) in zip(VARIANTS, scores, strict=True):
        cells = [
            text
            for dice, whole in ((clicked, scores[0, 0]), (boxed, scores[0, 1]))
            for text in (" / ".join(f"{d:.3f}" for d in dice), " / ".join(f"{d:+.3f}" for d in dice - whole))
        ]
        lines.append(f"| {variant.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    cases = select_cases(read_entries(data_folder()), "train")
    by_set: dict[str, list[np.ndarray]] = defaultdict(list)
    pool = ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn"))
    with pool:
        for case, scores in zip(
            cases, pool.map(partial(play_case, model=arguments.model), cases), strict=True
        ):
            by_set[case.set_name].append(scores)
    print(ablation_table(np.mean([np.mean(plays, 0) for plays in by_set.values()], 0)))


if __name__ == "__main__":
    main()
