"""Ablations by training: what differs, what the table says, what a pre-trained encoder has learned."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from sam3d.data.sampler import Sampler
from sam3d.evaluation import trained_ablation
from sam3d.evaluation.methods import END_TO_END, TRUE_ZOOM
from sam3d.evaluation.tables import Record
from sam3d.evaluation.tasks import append_records
from sam3d.evaluation.trained_ablation import Variant, read_variants
from sam3d.evaluation.trained_ablation_table import trained_ablation_section
from sam3d.model.prompt_encoder import CONNECTEDNESS_MAPS, WALK_MAPS
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES
from sam3d.training.config import read_config
from sam3d.training.reconstruction_episode import HIDDEN_SHARE, hidden_voxels, run_reconstruction_episodes

CONFIG = Path(__file__).parents[1] / "configs" / "ablations" / "short_runs.yaml"


def test_each_variant_differs_in_one_part(tmp_path: Path) -> None:
    common, variants = read_variants(CONFIG)
    assert variants[0] == Variant("everything")
    assert len({variant.name for variant in variants}) == len(variants)
    for variant in variants:
        parts = [variant.without, variant.changes, variant.pretraining_steps]
        assert sum(map(bool, parts)) == (variant is not variants[0])
        settings = variant.settings(common)
        assert set(common["shares"]) - set(settings["shares"]) == set(variant.without)
        path = tmp_path / "config.yaml"
        path.write_text(str(settings), encoding="utf-8")  # Python's way of writing it is YAML
        assert read_config(path).size in SIZES


def record(variant: str, method: str, case: str, dice: float) -> Record:
    return {
        **{"variant": variant, "samples": 8, "seed": 1, "method": method, "set": "a", "case": case},
        **{"patient": case, "dice": [dice] * 6},
    }


def test_the_table_compares_the_same_cases() -> None:
    records = [
        record(variant, method, case, dice - loss)
        for variant, loss in (("everything", 0.0), ("less", 0.1))
        for method in (TRUE_ZOOM, END_TO_END)
        for case, dice in (("x", 0.5), ("y", 0.7))
    ]
    first, second = trained_ablation_section(records).splitlines()[-2:]
    assert first.startswith("| everything | .600 / .600 / .600 |  |")
    assert "| .500 / .500 / .500 | -.100 / -.100 / -.100<br>-.100 / -.100 / -.100 to -.100" in second


def test_runs_of_other_settings_are_not_put_into_one_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    append_records(log, [record("everything", END_TO_END, "x", 0.5)])
    monkeypatch.setattr(trained_ablation, "trained_variant", lambda *_: pytest.fail("nothing is to be run"))
    monkeypatch.setattr(sys, "argv", ["trained_ablation", "--config", str(CONFIG), "--log", str(log)])
    with pytest.raises(SystemExit):
        trained_ablation.main()
    assert "8 samples, seed 1" in capsys.readouterr().err


@pytest.mark.parametrize("size", [name for name in SIZES if name.startswith("tiny_")])
def test_variants_of_the_model_answer(size: str) -> None:
    torch.manual_seed(0)
    model = Sam3d(SIZES[size]).eval()
    with torch.no_grad():
        known = model.encode(torch.rand(1, 2, 32, 32, 32))
        no_box = torch.zeros(1, 1, 6), torch.full((1, 1), -1.0)
        mask = torch.zeros(1, 1, 32, 32, 32), torch.zeros(1)
        clicked = torch.full((1, 1, 3), 16.0), torch.ones(1, 1)
        prompts = model.encode_prompts(known, *clicked, *no_box, *mask)
        assert model.decode(known, prompts).logits.shape == (1, 3, 32, 32, 32)
    reach = prompts.prompt_half[:, (*WALK_MAPS[:1], *CONNECTEDNESS_MAPS)].abs().sum()
    assert (float(reach) == 0) == (size == "tiny_without_walk")


def test_hidden_voxels_are_blocks() -> None:
    hidden = hidden_voxels(64, np.random.default_rng(0))
    assert 0.5 * HIDDEN_SHARE < hidden.mean() < 1.5 * HIDDEN_SHARE
    assert hidden[:8, :8, :8].all() == hidden[:8, :8, :8].any()


def test_reconstruction_teaches_the_encoder_alone() -> None:
    torch.manual_seed(0)
    model, sampler = Sam3d(), Sampler([], {"procedural": 1})
    samples = [sampler.sample(48, (seed,)) for seed in (1, 2)]
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    losses = []
    for _ in range(6):
        optimiser.zero_grad(set_to_none=True)
        result = run_reconstruction_episodes(model, samples, [np.random.default_rng(i) for i in (0, 1)])
        result.loss.backward()
        optimiser.step()
        losses.append(float(result.loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    assert all(parameter.grad is None for parameter in model.mask_decoder.parameters())
