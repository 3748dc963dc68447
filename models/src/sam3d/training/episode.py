"""One sample's training episode: a first click, then corrections of the model's own answers."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sam3d.data.clicks import correction_click
from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.data.sample import Sample
from sam3d.model.mask_decoder import Hypotheses
from sam3d.model.sam3d import Sam3d

from .loss import hypotheses_loss

ROUND_WEIGHTS = (1.0, 0.6, 0.6)  # the first click matters most
THIRD_ROUND_SHARE = 0.5
# one click may mean a part or the whole, so hypotheses may differ; with corrections they should agree
CHOSEN_WEIGHT_FIRST = 0.3
CHOSEN_WEIGHT_LATER = 1.0


class EpisodeResult(NamedTuple):
    loss: Tensor
    dice: list[float]  # of the chosen hypothesis after each round


def chosen_logits(hypotheses: Hypotheses) -> Tensor:
    """As the server chooses → (1, 1, n, n, n), detached"""
    best = int(hypotheses.iou_predictions.argmax())
    return hypotheses.logits[:, best : best + 1].detach()


def dice_of(predicted: np.ndarray, target: np.ndarray) -> float:
    return float(2 * (predicted & target).sum() / max(1, predicted.sum() + target.sum()))


def hint_logits(hint: np.ndarray | None, n: int) -> Tensor:
    """→ (1, 1, n, n, n), as the server tells a mask that comes from another region"""
    if hint is None:
        return torch.zeros(1, 1, n, n, n)
    return torch.from_numpy(np.where(hint, MASK_CONFIDENCE, -MASK_CONFIDENCE).astype(np.float32))[None, None]


def run_episode(model: Sam3d, sample: Sample, rng: np.random.Generator) -> EpisodeResult:
    n = sample.target.shape[0]
    target = torch.from_numpy(sample.target.astype(np.float32))[None, None]
    coords, labels = [sample.click[::-1].copy()], [1.0]
    previous, has_previous = hint_logits(sample.hint, n), torch.tensor([float(sample.hint is not None)])
    rounds = len(ROUND_WEIGHTS) if rng.random() < THIRD_ROUND_SHARE else len(ROUND_WEIGHTS) - 1
    losses, dices = [], []
    with torch.autocast("cpu", torch.bfloat16):
        embeddings = model.encode(torch.from_numpy(sample.image)[None])
    for round_index in range(rounds):
        with torch.autocast("cpu", torch.bfloat16):
            hypotheses = model.decode(
                embeddings,
                torch.from_numpy(np.array(coords, np.float32))[None],
                torch.tensor([labels]),
                previous,
                has_previous,
            )
        chosen_weight = CHOSEN_WEIGHT_FIRST if round_index == 0 else CHOSEN_WEIGHT_LATER
        loss = hypotheses_loss(hypotheses, target, sample.outside_voxels, chosen_weight)
        losses.append(ROUND_WEIGHTS[round_index] * loss)
        previous, has_previous = chosen_logits(hypotheses), torch.ones(1)
        predicted = previous[0, 0].numpy() > 0
        dices.append(dice_of(predicted, sample.target))
        for _ in range(int(rng.integers(1, 4))):
            click = correction_click(predicted, sample.target, rng)
            if click is None:
                break
            coords.append(click.voxel[::-1].copy())
            labels.append(float(click.include))
            if rng.random() < 0.5:  # else further clicks would fall into the same error
                break
    return EpisodeResult(torch.stack(losses).sum() / sum(ROUND_WEIGHTS[:rounds]), dices)
