"""Whether series on which a task's answers disagree are those that it segments badly:
python -m sam3d.evaluation.disagreement --config configs/adaptation/samed.yaml --steps 60

Fits with several seeds to the first patients of the training split. On patients of the development split each
fit answers to copies of the volume as the server has it answer (sam3d.adaptation.views), and to mirrored
ones. Appends a record a case and fit to the log, which RESULTS.md is made from by `python -m
sam3d.evaluation.results`. What was fitted is kept beside the log: the command goes on where it was stopped.
Answers are computed in bf16 where the processor has it.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sam3d.adaptation.base import base_of
from sam3d.adaptation.cases import CaseFiles, TaskCase, read_case, read_cases
from sam3d.adaptation.methods import METHODS, plain, read_method_config
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.score import class_scores
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task_model import TaskModel
from sam3d.adaptation.views import AS_IT_IS, COPIES, TaskView, shift_voxels, viewed_image, viewed_plan
from sam3d.data.region import Region
from sam3d.data.region_image import Volume
from sam3d.data.sliding_window import Plan, fused_probabilities, level_shape, native_labelmap, softmax
from sam3d.data.volume_store import data_folder, read_entries, training_entries
from sam3d.model.half_precision import HAS_BF16

from .agreement import class_agreements
from .evaluated_base import base_of_zoo
from .model_name import model_name
from .tasks import TASKS, ZOO, EvaluatedTask, files_of, fitted

LOG = Path("records/disagreement.jsonl")
LEFT_RIGHT, BACK, HEAD = 3, 2, 1  # axes of (2, n, n, n)
MIRRORED = ((LEFT_RIGHT,), (BACK,), (HEAD,))


@dataclass(frozen=True)
class Asked:
    """A task and who learns it"""

    task: EvaluatedTask
    method: str
    settings: TaskSettings
    exemplars: int
    zoo: Path


def answer(
    model: TaskModel, volume: Volume, plan: Plan, view: TaskView = AS_IT_IS, mirrored: tuple[int, ...] = ()
) -> np.ndarray:
    """→ (K, J, I) uint8; mirrored: axes of each cube that the model sees the other way round"""
    viewed = viewed_plan(plan, view)

    def predict(region: Region) -> np.ndarray:
        image = np.ascontiguousarray(np.flip(viewed_image(volume, region, view), mirrored))
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
            logits = model(torch.from_numpy(image)[None])[0].float().numpy()
        return np.flip(softmax(logits), mirrored)

    shift = shift_voxels(plan, view)
    return native_labelmap(
        fused_probabilities(level_shape(volume, viewed), viewed, predict, shift), volume, viewed
    )


def fit_file(asked: Asked, base: str, exemplars: Sequence[str], seed: int) -> str:
    """Another for all else that a fit depends on; base: its name, exemplars: the cases' ids"""
    made_of = [base, asked.task.title, list(exemplars), plain(asked.settings)]
    digest = sha256(json.dumps(made_of).encode()).hexdigest()[:12]
    return f"{asked.task.source}-{asked.method}-{digest}-{seed}.pt"


def learned_model(asked: Asked, training: Sequence[TaskCase], seed: int, folder: Path) -> TaskModel:
    """A fit with this seed, or the one that was kept in the folder"""
    settings = replace(asked.settings, seed=seed)
    classes, base = len(asked.task.labels), base_of_zoo(asked.zoo)
    kept = folder / fit_file(asked, base.name, [case.case_id for case in training], seed)
    if not kept.exists():
        fit, _ = fitted(list(training), classes, asked.method, settings, base)
        torch.save(fit.state()["learning"], kept)
    model = METHODS[asked.method].model(base_of(asked.zoo).model(), classes, settings)
    state = torch.load(kept, weights_only=True)
    with torch.no_grad():
        for name, value in model.learning().items():
            value.copy_(state[name])
    model.eval()
    return model


def records_of(
    case: TaskCase, models: dict[int, TaskModel], plan: Plan, labels: Sequence[str]
) -> list[dict[str, Any]]:
    """One a seed"""
    classes = len(labels)

    def by_label(values: Sequence[float | None]) -> dict[str, float | None]:
        rounded = [None if value is None else round(value, 4) for value in values]
        return dict(zip(labels, rounded, strict=True))

    answers = {
        seed: [answer(model, case.volume, plan, view) for view in COPIES] for seed, model in models.items()
    }
    versions = class_agreements([looks[0] for looks in answers.values()], classes)
    return [
        {
            "case": case.case_id,
            "patient": case.patient_key,
            "seed": seed,
            "dice": by_label(class_scores(answers[seed][0], case.labels, classes)),
            "copies": by_label(class_agreements(answers[seed], classes)),
            "mirrored": by_label(
                class_agreements(
                    [
                        answers[seed][0],
                        *(answer(model, case.volume, plan, mirrored=axes) for axes in MIRRORED),
                    ],
                    classes,
                )
            ),
            "versions": by_label(versions),
        }
        for seed, model in models.items()
    ]


def measured_files(asked: Asked, split: str, evaluated: int) -> list[CaseFiles]:
    """Patients that nothing was learned from"""
    entries, folder = read_entries(data_folder()), data_folder()
    if split == "train":
        chosen = files_of(training_entries(entries), asked.task, folder, asked.exemplars + evaluated)
        return chosen[asked.exemplars :]
    return files_of([entry for entry in entries if entry["split"] == split], asked.task, folder, evaluated)


def evaluate_disagreement(asked: Asked, seeds: Sequence[int], split: str, evaluated: int, log: Path) -> None:
    folder = data_folder()
    labels = asked.task.labels
    learned_from = files_of(training_entries(read_entries(folder)), asked.task, folder, asked.exemplars)
    training = read_cases(learned_from, labels)
    measured = measured_files(asked, split, evaluated)
    if {files.patient_key for files in learned_from} & {files.patient_key for files in measured}:
        raise ValueError("a patient would be learned from and measured on")
    origin = {
        "model": model_name(asked.zoo),
        "task": asked.task.title,
        "method": asked.method,
        "split": split,
        "exemplars": [case.case_id for case in training],
        "config": plain(asked.settings),
        "answers": len(COPIES),
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    models = {seed: learned_model(asked, training, seed, log.parent) for seed in seeds}
    written = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    known = {
        record["case"]
        for record in map(json.loads, written)
        if record["seed"] in seeds and all(record[key] == value for key, value in origin.items())
    }
    plan = plan_of(training)
    for files in measured:
        if files.case_id in known:
            continue
        lines = [
            json.dumps(origin | record)
            for record in records_of(read_case(files, len(labels)), models, plan, labels)
        ]
        with log.open("a", encoding="utf-8") as out:
            out.write("".join(f"{line}\n" for line in lines))
        print(files.case_id, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="hippocampus")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--exemplars", type=int, default=5, help="patients that are learned from")
    parser.add_argument("--evaluated", type=int, default=30, help="patients that are measured on")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, help="instead of the configuration's")
    parser.add_argument(
        "--split", choices=("train", "dev"), default="dev", help="train: to choose methods by"
    )
    parser.add_argument("--zoo", type=Path, default=ZOO)
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    method, settings = read_method_config(arguments.config)
    if arguments.steps is not None:
        settings = replace(settings, steps=arguments.steps)
    torch.set_flush_denormal(True)
    asked = Asked(TASKS[arguments.task], method, settings, arguments.exemplars, arguments.zoo)
    evaluate_disagreement(asked, arguments.seeds, arguments.split, arguments.evaluated, arguments.log)


if __name__ == "__main__":
    main()
