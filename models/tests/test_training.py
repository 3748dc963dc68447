"""A run that is stopped and started again ends with the weights of one that was not."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import MODELS
from sam3d.data.sampler import Sampler
from sam3d.data.volume_store import DATA_VARIABLE
from sam3d.model.sam3d import Sam3d
from sam3d.training import train
from sam3d.training.checkpoint import grown_state, load_checkpoint
from sam3d.training.config import TrainingConfig, read_config
from sam3d.training.episode import EpisodeResult
from sam3d.training.mix import mixed
from sam3d.training.provenance import write_provenance
from sam3d.training.train import Trainer


@pytest.fixture(scope="module")
def config() -> TrainingConfig:
    return read_config(MODELS / "configs" / "smoke.yaml")


def trained(config: TrainingConfig, run: Path, until: int) -> Trainer:
    run.mkdir(exist_ok=True)
    trainer = Trainer(config, Sampler([], config.shares), run, rank=0)
    while trainer.step < until:
        trainer.train_step()
    return trainer


def test_resumed_equals_uninterrupted(config: TrainingConfig, tmp_path: Path) -> None:
    whole = trained(config, tmp_path / "whole", config.steps)
    trained(config, tmp_path / "halves", config.checkpoint_every_steps)
    resumed = trained(config, tmp_path / "halves", config.steps)
    assert resumed.step == whole.step
    for name, value in whole.average.items():
        assert torch.equal(value, resumed.average[name]), name


def test_a_run_goes_on_with_its_own_settings_alone(config: TrainingConfig, tmp_path: Path) -> None:
    provenance = tmp_path / "provenance.json"
    write_provenance(provenance, config, [], tmp_path, None)
    write_provenance(provenance, replace(config, seed=2), [], tmp_path, None)  # nothing was trained yet
    trained(replace(config, seed=2), tmp_path, config.checkpoint_every_steps)
    with pytest.raises(ValueError, match="of other config: choose another"):
        write_provenance(provenance, config, [], tmp_path, None)
    write_provenance(provenance, replace(config, seed=2), [], tmp_path, None)


def test_a_loss_that_is_no_number_ends_the_run_at_its_last_checkpoint(
    config: TrainingConfig, tmp_path: Path
) -> None:
    """Every weight would be no number after one such step, those of the checkpoint soon, too."""
    trainer = trained(config, tmp_path, config.checkpoint_every_steps)
    play = trainer.play

    def lost(*given: Any) -> EpisodeResult:
        result = play(*given)
        return result._replace(loss=result.loss * float("nan"))

    trainer.play = lost
    with pytest.raises(RuntimeError, match="non-finite"):
        for _ in range(config.checkpoint_every_steps):
            trainer.train_step()
    state = load_checkpoint(tmp_path)
    assert state is not None
    assert all(value.isfinite().all() for value in state["average"].values())


def test_a_source_that_is_not_there_ends_a_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its share would go to the others, and provenance say that it was trained on."""
    (tmp_path / "manifest.json").write_text("[]", encoding="utf-8")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    smoke = (MODELS / "configs" / "smoke.yaml").read_text(encoding="utf-8")
    config, run = tmp_path / "config.yaml", tmp_path / "run"
    config.write_text(f"{smoke}  sts: 3\n", encoding="utf-8")
    monkeypatch.setattr(train, "train_process", lambda *_: pytest.fail("it was trained"))
    monkeypatch.setattr(sys, "argv", ["train", "--config", str(config), "--run", str(run)])
    with pytest.raises(SystemExit):
        train.main()
    assert "no volumes of sts," in capsys.readouterr().err
    assert not (run / "provenance.json").exists()


def test_only_what_is_to_learn_changes(config: TrainingConfig, tmp_path: Path) -> None:
    head = "mask_decoder.iou_head"
    before = Trainer(config, Sampler([], config.shares), tmp_path, rank=0).model.state_dict()
    after = trained(replace(config, trained=head), tmp_path / "head", 1).model.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert changed
    assert all(name.startswith(head) for name in changed)


def test_another_seed_gives_other_weights(config: TrainingConfig, tmp_path: Path) -> None:
    one = trained(config, tmp_path / "one", 1)
    other = trained(replace(config, seed=2), tmp_path / "other", 1)
    assert any(not torch.equal(v, other.average[k]) for k, v in one.average.items())


@pytest.mark.parametrize("name", [path.name for path in sorted((MODELS / "configs").glob("*.yaml"))])
def test_configs_can_be_read(name: str) -> None:
    config = read_config(MODELS / "configs" / name)
    assert config.cube_at(0) <= config.cube_at(config.steps - 1)


def test_what_a_larger_model_has_more_begins_without_influence() -> None:
    wanted = Sam3d().state_dict()
    name = "mask_decoder.skip_half.weight"
    narrower = {**wanted, name: wanted[name][:, :-2]}
    grown = grown_state(narrower, wanted)
    assert torch.equal(grown[name][:, :-2], wanted[name][:, :-2])
    assert not grown[name][:, -2:].any()
    block = "image_encoder.refine_eighth"
    shallower = {key: value for key, value in wanted.items() if not key.startswith(block)}
    assert grown_state(shallower, wanted).keys() == wanted.keys()
    with pytest.raises(ValueError, match="another"):
        grown_state({**wanted, "another": wanted[name]}, wanted)
    with pytest.raises(ValueError, match=name):
        grown_state({**wanted, name: wanted[name][:-2]}, wanted)


def test_mixed_weights_lie_between_both_runs() -> None:
    second = {"a.weight": torch.tensor([[2.0, 4.0, 8.0]]), "a.bias": torch.tensor([1.0])}
    first = {"a.weight": torch.tensor([[0.0, 0.0]]), "a.bias": torch.tensor([3.0])}
    result = mixed(first, second, 0.25)
    assert result["a.weight"].tolist() == [
        [0.5, 1.0, 2.0]
    ]  # an input that the first lacked counts as 0 there
    assert result["a.bias"].tolist() == [2.5]
