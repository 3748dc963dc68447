"""What each part of the answer is worth: python -m sam3d.evaluation.ablation --model zoo/sam3d-tiny

Parts are switched off in the model as it is, which was trained with all of them: one that was trained without
might do better than these figures. On the training split, by which methods may be chosen. They become a
section of RESULTS.md.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from sam3d.data.volume_store import data_folder, read_entries
from sam3d.model.border_walk import BorderWalk
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

from .ablation_table import ablation_section
from .cases import Case, load_case, select_cases
from .engine import BORDER_WALK, REFINEMENT, OnnxEngine, Tensors
from .logged_plays import logged_plays
from .methods import BOX, END_TO_END
from .model_name import model_name
from .protocols import play_box, play_clicks
from .records import record_of
from .result_sections import write_section
from .tables import Record
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
    border_walk: BorderWalk | None = BORDER_WALK


VARIANTS = (
    Variant("all"),
    Variant("shown as the model says", border_walk=None),
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
        super().__init__(folder, refinement=variant.refinement, border_walk=variant.border_walk)
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


def play_case(case: Case, model: Path) -> list[Record]:
    """Opened by a click, and by a box, a record a variant each"""
    volume, truth = load_case(case, data_folder())
    policy, records = ZoomPolicy(), []
    for variant in VARIANTS:
        engine = engine_of(model, variant)
        clicked = play_clicks(engine, policy, volume, truth, case.case_id, true_zoom=False)
        boxed = play_box(engine, policy, volume, truth, case.case_id)
        for opening, play in ((END_TO_END, clicked), (BOX, boxed)):
            records.append(record_of(case, opening, play) | {"variant": variant.name})
    return records


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path("records/ablation.jsonl"))
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    cases = select_cases(read_entries(data_folder()), "train")
    origin = {"model": model_name(arguments.model), "split": "train"}
    play = partial(play_case, model=arguments.model)
    records = logged_plays(play, cases, origin, arguments.log, arguments.processes)
    write_section(arguments.results, ablation_section(records))


if __name__ == "__main__":
    main()
