"""What the graphs are fed in use: clicks and boxes on training patients that nothing else is chosen by."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries
from sam3d.evaluation.cases import CASES_PER_SET, Case, load_case, select_cases
from sam3d.evaluation.click_session import ClickSession
from sam3d.evaluation.engine import OnnxEngine, Tensors
from sam3d.evaluation.protocols import opening_box, opening_click
from sam3d.evaluation.simulated_reader import next_click
from sam3d.evaluation.zoom import ZoomPolicy

PATIENTS_PER_SET = 2
RUNS_KEPT = 40  # of each graph, drawn at random
SEED = 0


@dataclass(frozen=True)
class Calibration:
    inputs: dict[str, list[Tensors]]  # by graph
    cases: list[str]


class RecordingEngine(OnnxEngine):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.inputs: dict[str, list[Tensors]] = defaultdict(list)

    def run(self, graph: str, tensors: Tensors) -> Tensors:
        names = [node.name for node in self.sessions[graph].get_inputs()]
        self.inputs[graph].append({name: tensors[name] for name in names})
        return super().run(graph, tensors)


def calibration_cases() -> list[Case]:
    """The methods are chosen by the first CASES_PER_SET patients of a set; these come next."""
    taken: Counter[str] = Counter()
    cases = []
    for case in select_cases(read_entries(data_folder()), "train", CASES_PER_SET):
        taken[case.set_name] += 1
        if taken[case.set_name] <= PATIENTS_PER_SET:
            cases.append(case)
    return cases


def record_calibration(folder: Path) -> Calibration:
    """folder of float32 graphs"""
    engine, cases = RecordingEngine(folder), calibration_cases()
    for case in cases:
        volume, truth = load_case(case, data_folder())
        clicked, boxed = (ClickSession(engine, volume, ZoomPolicy()) for _ in range(2))
        box = opening_box(truth, case.case_id)
        openings = [
            (clicked, clicked.click(opening_click(volume, truth, case.case_id))),
            (boxed, boxed.box(box.low_voxel, box.high_voxel)),
        ]
        for session, mask in openings:
            correction = next_click(mask, truth, np.ones_like(truth), volume.spacing_mm)
            if correction is not None:
                session.click(correction)
    rng = np.random.default_rng(SEED)
    inputs = {
        graph: [runs[n] for n in rng.permutation(len(runs))[:RUNS_KEPT]]
        for graph, runs in engine.inputs.items()
    }
    return Calibration(inputs, [case.case_id for case in cases])
