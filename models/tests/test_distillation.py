"""A smaller encoder that learns what a trained one hands on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import MODELS
from sam3d.data.sampler import Sampler
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import NANO
from sam3d.training.checkpoint import LATEST
from sam3d.training.config import TrainingConfig, read_config
from sam3d.training.distillation_episode import DistillationEpisodes, embedding_errors
from sam3d.training.train import Trainer

CUBE = 32


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp("teacher") / LATEST
    torch.save({"step": 1, "size": "tiny", "average": Sam3d().state_dict()}, path)
    return path


@pytest.fixture(scope="module")
def config() -> TrainingConfig:
    smoke = read_config(MODELS / "configs" / "smoke.yaml")
    return replace(smoke, size="nano", episodes="distilling", trained="image_encoder.")


def test_the_encoder_comes_nearer_to_its_teacher_and_the_decoder_is_the_teachers(
    teacher: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    quick = replace(config, learning_rate=0.01, warm_up_steps=1)
    trainer = Trainer(quick, Sampler([], config.shares), tmp_path, 0, teacher)
    losses = [np.mean([loss for loss, _ in trainer.train_step()]) for _ in range(8)]
    assert np.mean(losses[-2:]) < 0.8 * losses[0]
    taught = torch.load(teacher, weights_only=True)["average"]
    for name, value in trainer.model.state_dict().items():
        if not name.startswith("image_encoder."):
            assert torch.equal(value, taught[name]), name


def test_who_is_the_teacher_has_nothing_to_learn(teacher: Path) -> None:
    model = Sam3d().eval()
    model.load_state_dict(torch.load(teacher, weights_only=True)["average"])
    image = torch.randn(2, 2, CUBE, CUBE, CUBE)
    with torch.no_grad():
        own, taught = model.encode(image), DistillationEpisodes(teacher).teacher(image)
        other = Sam3d(NANO).encode(image)
    assert embedding_errors(own, taught).tolist() == pytest.approx([0, 0], abs=1e-5)
    assert (embedding_errors(other, taught) > 0.5).all()


def test_there_is_a_teacher_and_someone_to_teach(
    teacher: Path, config: TrainingConfig, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="a teacher is needed"):
        Trainer(config, Sampler([], config.shares), tmp_path, 0)
    with pytest.raises(ValueError, match="only a model with an image encoder"):
        DistillationEpisodes(teacher)(PromptedUnet(), [], [])
