"""A decoder that is made wider answers as before, and its further channels learn."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES, TINY, TINY_WIDE, Size
from sam3d.training.widen import widened_model

CUBE = 32


def trained_model(size: Size) -> Sam3d:
    """No layer is without influence"""
    torch.manual_seed(0)
    model = Sam3d(size)
    with torch.no_grad():
        for value in model.parameters():
            value.add_(0.05 * torch.randn_like(value))
    return model.eval()


def answer(model: Sam3d) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    known = model.encode(torch.rand(2, 2, *[CUBE] * 3, generator=generator) * 2 - 1)
    clicks = torch.tensor([[[9.0, 12, 20], [25, 8, 8]]]).expand(2, -1, -1), torch.tensor([[1.0, 0]] * 2)
    boxes = torch.tensor([[[4.0, 5, 6, 20, 22, 24]]] * 2), torch.tensor([[0.0], [-1.0]])
    mask = torch.randn(2, 1, *[CUBE] * 3, generator=generator), torch.ones(2)
    return tuple(model.decode(known, model.encode_prompts(known, *clicks, *boxes, *mask)))


@pytest.mark.parametrize("name", ["tiny_wide"])
def test_a_wider_decoder_answers_as_before(name: str) -> None:
    size = SIZES[name]
    assert isinstance(size, Size)
    model = trained_model(TINY)
    with torch.no_grad():
        logits, ious = answer(model)
        wide_logits, wide_ious = answer(widened_model(model, TINY, size).eval())
    assert float(logits.std()) > 0.1
    torch.testing.assert_close(wide_logits, logits, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(wide_ious, ious, rtol=1e-3, atol=1e-4)


def test_further_channels_get_a_say_by_learning() -> None:
    wide = widened_model(trained_model(TINY), TINY, TINY_WIDE)
    logits, _ = answer(wide)
    logits.square().mean().backward()
    old = TINY.features.half
    further = wide.mask_decoder.to_logits.weight
    assert further.grad is not None
    assert not further[:, old : TINY_WIDE.features.half].any()
    assert further.grad[:, old : TINY_WIDE.features.half].any()


def test_what_differs_in_more_is_refused() -> None:
    with pytest.raises(ValueError, match="other layers"):
        widened_model(trained_model(TINY), TINY, replace(TINY, quarter_blocks=2))
    with pytest.raises(ValueError, match="cannot become"):
        widened_model(trained_model(TINY_WIDE), TINY_WIDE, TINY)
