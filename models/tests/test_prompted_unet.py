"""The baseline that sees prompts as channels: trained like the model, played in one cube."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from sam3d.data.sampler import Sampler
from sam3d.evaluation.prompted_unet import segment_in, trained_unet
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d
from sam3d.training.config import Stage, read_config
from sam3d.training.train import Trainer

CUBE = 64
CONFIG = Path(__file__).parents[1] / "configs" / "prompted_unet.yaml"


def operations(modules: list[nn.Module], run) -> int:  # noqa: ANN001
    """Multiplications of the layers in a run of one sample"""
    counted = 0

    def count(module: nn.Conv3d | nn.Linear, _: object, output: torch.Tensor) -> None:
        nonlocal counted
        counted += output[0].numel() * module.weight[0].numel()

    layers = [m for module in modules for m in module.modules() if isinstance(m, nn.Conv3d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        run()
    for hook in hooks:
        hook.remove()
    return counted


def prompts(signs: list[float]) -> tuple[torch.Tensor, ...]:
    points = torch.tensor([[[20.0, 30.0, 40.0]] * len(signs)])
    no_box = torch.zeros(1, 1, 6), torch.full((1, 1), -1.0)
    return points, torch.tensor([signs]), *no_box, torch.zeros(1, 1, CUBE, CUBE, CUBE), torch.zeros(1)


def test_it_costs_what_encoder_and_decoder_cost_together() -> None:
    model, unet = Sam3d().eval(), PromptedUnet().eval()
    image = torch.zeros(1, 2, CUBE, CUBE, CUBE)

    def ask(asked: Sam3d | PromptedUnet) -> None:
        known = asked.encode(image)
        asked.decode_subvoxels(known, asked.encode_prompts(known, *prompts([1.0])))

    ours = operations([model.image_encoder, model.mask_decoder], lambda: ask(model))
    assert operations([unet], lambda: ask(unet)) == pytest.approx(ours, rel=0.02)


def test_clicks_are_seen_where_they_are_and_padding_is_not() -> None:
    unet, image = PromptedUnet(), torch.zeros(1, 2, CUBE, CUBE, CUBE)
    _, maps = unet.encode_prompts(image, *prompts([1.0]))
    peak = np.unravel_index(int(maps[0, 0].argmax()), maps.shape[2:])
    assert peak == (20, 15, 10)  # k, j, i at half resolution
    assert float(maps[0, 1:].abs().max()) == 0
    _, padded = unet.encode_prompts(image, *prompts([-1.0]))
    assert float(padded.abs().max()) == 0


def test_it_is_trained_like_the_model_and_played_in_a_cube(tmp_path: Path) -> None:
    raw = read_config(CONFIG)
    config = replace(raw, processes=1, samples_per_step=1, stages=(Stage(48, 2),), shares={"procedural": 1.0})
    trainer = Trainer(config, Sampler([], config.shares), tmp_path, rank=0)
    losses = [trainer.train_step()[0][0] for _ in range(2)]
    assert np.isfinite(losses).all()
    unet = trained_unet(tmp_path / "latest.pt")
    rng = np.random.default_rng(0)
    segment = segment_in(unet, rng.normal(size=(CUBE,) * 3).astype(np.float32), np.ones((CUBE,) * 3, bool))
    first = segment(np.array([[20.0, 30, 40]]), np.ones(1))
    assert first.shape == (CUBE,) * 3
    again = segment(np.array([[20.0, 30, 40]]), np.ones(1))
    assert not np.array_equal(first, again)  # it was told of its first answer


def test_another_checkpoint_is_refused(tmp_path: Path) -> None:
    torch.save({"size": "tiny", "average": {}}, tmp_path / "latest.pt")
    with pytest.raises(ValueError, match="size tiny"):
        trained_unet(tmp_path / "latest.pt")
