"""3DSAM-adapter begins with its base's features, what was added alone learns, and a click is the features at
its place."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from adapted_bases import CUBE, base_of_size, image, task_model
from sam3d.adaptation.fit import Fit
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.methods import config_of
from sam3d.adaptation.sam_adapter_3d.click_mixing import ClickMixing, features_at
from sam3d.adaptation.sam_adapter_3d.clicks import Clicks, drawn_clicks
from sam3d.adaptation.sam_adapter_3d.config import SamAdapter3dConfig
from sam3d.adaptation.sam_adapter_3d.model import levels_of
from sam3d.adaptation.task_model import TaskModel
from sam3d.data.sliding_window import Plan
from task_cases import task_case

SMALL = SamAdapter3dConfig(adapter_channels=8, decoder_channels=8, global_queries=3)
SIZES = pytest.mark.parametrize("size", ["vit", "tiny"])
DEPTH_PARTS = ("depth_kernel", "positions.depth", "relative_depth")


def adapted(size: str, disturbed: bool = False) -> TaskModel:
    return task_model("sam_adapter_3d", size, SMALL, disturbed)


def click(*point: float) -> Clicks:
    return Clicks(torch.tensor([point]), torch.tensor([True]))


@SIZES
@torch.no_grad()
def test_without_having_learned_it_sees_what_the_base_sees_exactly(size: str) -> None:
    expected = levels_of(base_of_size(size).image_encoder, image())
    found = levels_of(adapted(size).image_encoder, image())
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
    changed = levels_of(adapted(size, disturbed=True).image_encoder, image())
    assert not torch.allclose(changed[-1], expected[-1], atol=1e-2)


@SIZES
def test_only_what_was_added_and_the_decoder_have_gradients(size: str) -> None:
    model = adapted(size, disturbed=True)
    clicks = Clicks(torch.tensor([[9.0, 8, 7], [0, 0, 0]]), torch.tensor([True, False]))
    model(image().expand(2, -1, -1, -1, -1), clicks).square().mean().backward()
    base = {name for name, _ in base_of_size(size).image_encoder.named_parameters()}
    for name, parameter in model.named_parameters():
        of_base = name.removeprefix("image_encoder.").replace(".base.", ".") in base
        learns = not of_base or name.endswith(DEPTH_PARTS)
        assert (parameter.grad is not None) == learns, name
    for name, parameter in model.learning().items():
        assert parameter.grad.abs().sum() > 0, name


def test_features_at_a_click_are_those_of_its_cell_and_between_cells_their_mean() -> None:
    features = torch.randn(1, 5, 8, 8, 8, generator=torch.Generator().manual_seed(24))
    found = features_at(features, torch.tensor([[2.0, 4.0, 6.0]]), 8)  # i, j, k
    torch.testing.assert_close(found[0], features[0, :, 6, 4, 2])
    between = features_at(features, torch.tensor([[2.5, 4.0, 6.0]]), 8)
    torch.testing.assert_close(between[0], features[0, :, 6, 4, 2:4].mean(-1))
    coarse = features_at(features, torch.tensor([[4.5, 8.5, 12.5]]), 16)  # centres of the same cells
    torch.testing.assert_close(coarse, found)


@SIZES
@torch.no_grad()
def test_a_click_counts_once_something_has_learned(size: str) -> None:
    fresh, learned = adapted(size), adapted(size, disturbed=True)
    here, there = click(3, 4, 5), click(25, 20, 28)
    assert torch.equal(fresh(image(), here), fresh(image()))
    assert not torch.allclose(learned(image(), here), learned(image(), there), atol=1e-4)
    assert not torch.allclose(learned(image(), here), learned(image()), atol=1e-4)


@torch.no_grad()
def test_a_sample_without_a_click_is_mixed_as_one_that_none_was_asked_of() -> None:
    torch.manual_seed(25)
    mixing = ClickMixing(8, 3)
    mixing.output.weight.normal_()
    features = torch.randn(2, 8, 4, 4, 4)
    clicks = Clicks(torch.full((2, 3), 9.0), torch.tensor([True, False]))
    with_one, without = mixing(features, clicks, 32), mixing(features, None, 32)
    assert not torch.allclose(with_one[0], without[0], atol=1e-4)
    torch.testing.assert_close(with_one[1], without[1])


def test_clicks_lie_on_the_structures_and_are_as_many_as_asked() -> None:
    labels = torch.zeros(40, 6, 6, 6, dtype=torch.int64)
    labels[:, 1, 2, 3:5] = 2
    labels[0] = 0
    clicks = drawn_clicks(labels, 0.5, np.random.default_rng(1))
    assert not clicks.given[0]
    assert 10 <= int(clicks.given.sum()) <= 30
    for i, j, k in clicks.points[clicks.given].int().tolist():
        assert (k, j) == (1, 2)
        assert i in (3, 4)
    assert not drawn_clicks(labels, 0, np.random.default_rng(1)).given.any()
    assert drawn_clicks(labels, 1, np.random.default_rng(1)).given[1:].all()


def test_a_fit_that_goes_on_from_its_state_draws_the_same_clicks() -> None:
    settings = replace(SMALL, steps=3, samples_per_step=1, click_share=1.0)
    cases = [level_case(task_case(seed), Plan(2.0, CUBE)) for seed in (1, 2)]

    def fit() -> Fit:
        return Fit(task_model("sam_adapter_3d", "tiny", settings, disturbed=True), cases, settings, 0, CUBE)

    whole, first, second = fit(), fit(), fit()
    while not whole.ended:
        whole.step()
    first.step()
    second.load_state(first.state())
    while not second.ended:
        second.step()
    for name, value in whole.parameters.items():
        assert torch.equal(value, second.parameters[name]), name


@pytest.mark.parametrize(
    "settings", [{"decoder_channels": 12}, {"click_share": 1.5}, {"global_queries": 0}, {"fact_rank": 2}]
)
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        config_of("sam_adapter_3d", settings)
