"""A few steps on two patients help on a third, who is of the development split."""

from pathlib import Path

import numpy as np

from conftest import ZOO
from sam3d.adaptation.base import base_of
from sam3d.adaptation.cases import read_cases
from sam3d.adaptation.fit import Fit
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.samed.config import SamedConfig
from sam3d.adaptation.samed.model import samed_model
from sam3d.adaptation.score import case_scores
from sam3d.data.volume_store import read_entries, training_entries
from sam3d.evaluation.tasks import TASKS, files_of

QUICK = SamedConfig(steps=60, samples_per_step=1, warm_up_steps=4)
IMPROVEMENT = 0.2  # of the mean Dice; how good it gets with more steps and cases is RESULTS.md's matter


def test_a_short_adaptation_to_two_patients_improves_dice_on_another(data: Path) -> None:
    task, entries = TASKS["hippocampus"], read_entries(data)
    training = read_cases(files_of(training_entries(entries), task, data, 2), task.labels)
    development = [entry for entry in entries if entry["split"] == "dev"]
    [other] = read_cases(files_of(development, task, data, 1), task.labels)
    assert other.patient_key not in {case.patient_key for case in training}
    plan = plan_of(training)
    model = samed_model(base_of(ZOO).model(), len(task.labels), QUICK)

    def mean_dice() -> float:
        return float(np.mean(case_scores(model, other, plan, len(task.labels)).dice))

    before = mean_dice()
    fit = Fit(model, [level_case(case, plan) for case in training], QUICK, 0, plan.cube_voxels)
    while not fit.ended:
        fit.step()
    after = mean_dice()
    print(f"Dice {before:.3f}, then {after:.3f}")
    assert after > before + IMPROVEMENT
