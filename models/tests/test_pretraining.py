"""Continued pre-training: what it learns from, and that nothing but the encoder keeps what it learned."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from adapted_bases import CUBE, base_of_size
from sam3d.adaptation.level_case import LevelCase, level_case
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.pretraining import Pretraining, pretrain
from sam3d.data.sliding_window import Plan
from sam3d.evaluation import pretrained_base
from sam3d.evaluation.evaluated_base import EvaluatedBase, base_of_checkpoint
from sam3d.evaluation.tasks import TASKS
from sam3d.model.sam3d import Sam3d
from sam3d.training.reconstruction_episode import reconstruction_errors
from task_cases import task_case, write_case


def unlabelled(seed: int) -> LevelCase:
    case = task_case(seed)
    case.labels[:] = 0
    return level_case(case, plan_of([task_case(seed)]))


def test_the_encoder_learns_to_reconstruct_and_the_decoder_stays() -> None:
    model, start = base_of_size("tiny"), base_of_size("tiny").state_dict()
    losses: list[float] = []
    settings = Pretraining(steps=8, learning_rate=0.003)
    pretrain(model, [unlabelled(1), unlabelled(2)], settings, CUBE, lambda _, loss: losses.append(loss))
    assert np.mean(losses[-2:]) < 0.8 * losses[0]
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, start[name])}
    assert changed
    assert all(name.startswith("image_encoder.") for name in changed)


def test_only_hidden_voxels_count() -> None:
    wanted, hidden = torch.zeros(1, 1, 2, 2, 2), torch.zeros(1, 1, 2, 2, 2, dtype=torch.bool)
    hidden[..., 0] = True
    found = torch.where(hidden, 2.0, 100.0)
    assert reconstruction_errors(found, wanted, hidden).tolist() == [4.0]


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set of four training patients and one of the development split, whose labels are gone"""
    task = TASKS["hippocampus"]
    (tmp_path / "train").mkdir()
    entries: list[dict[str, Any]] = []
    for seed in range(5):
        files = write_case(tmp_path / "train", seed)
        files.labelmap.unlink()
        split = "train" if seed < 4 else "dev"
        entries.append(
            {"id": files.case_id, "patient": files.patient_key, "split": split, "source": task.source}
            | {"modality": "MR", "image": f"train/{seed}.nii", "label": f"train/{seed}-labels.nii"}
        )
    monkeypatch.setattr(pretrained_base, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(pretrained_base, "read_entries", lambda _: entries)
    return tmp_path


def test_images_are_of_other_training_patients_and_no_label_is_read(stored: Path) -> None:
    images = pretrained_base.unlabelled_images("hippocampus", Plan(1.6), {"patient-1"})
    assert len(images) == 3
    assert not any(image.labels.any() or image.points for image in images)


def test_a_pre_trained_base_is_kept_and_not_made_twice(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = stored / "latest.pt"
    torch.save({"size": "tiny", "average": Sam3d().state_dict()}, weights)
    learned_from, measured = [task_case(1)], [task_case(9)]
    monkeypatch.setattr(pretrained_base, "cases_of", lambda *_: (learned_from, measured))
    ran: list[int] = []

    def fake(model: Sam3d, images: list[LevelCase], *_: object) -> None:
        ran.append(len(images))
        with torch.no_grad():
            model.image_encoder.to_half.bias.add_(1)

    monkeypatch.setattr(pretrained_base, "pretrain", fake)
    base = base_of_checkpoint("tiny", weights)

    def made(settings: Pretraining) -> EvaluatedBase:
        return pretrained_base.pretrained_base(base, "tiny", "hippocampus", 1, 1, settings, stored / "kept")

    first = made(Pretraining())
    assert first.name == base.name
    assert torch.equal(first.model().image_encoder.to_half.bias, base.model().image_encoder.to_half.bias + 1)
    assert made(Pretraining()) == first
    assert ran == [3]
    assert made(Pretraining(seed=1)) != first
    assert ran == [3, 3]
