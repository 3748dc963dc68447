"""SAMed's loss: 0.2 cross entropy + 0.8 Dice."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

CROSS_ENTROPY_WEIGHT = 0.2
DICE_WEIGHT = 0.8
SMOOTH_VOXELS = 1.0


class TaskLoss(NamedTuple):
    loss: Tensor  # scalar
    dice: float  # soft, the mean of the classes that the samples show; 1 where they show none


def task_loss(logits: Tensor, labels: Tensor, known: Tensor) -> TaskLoss:
    """logits (B, 1 + C, n, n, n), labels (B, n, n, n) int64, known (B, n, n, n) bool: voxels of the volume
    whose labels are known; beyond, labels are 0. Dice is of all samples together."""
    log_share = F.log_softmax(logits, 1)
    voxels_known = known.sum()
    known = known.unsqueeze(1)
    # Of a volume of one thin slice a bent cube may show nothing.
    cross_entropy = -(log_share.gather(1, labels.unsqueeze(1)) * known).sum() / voxels_known.clamp(min=1)
    share = log_share[:, 1:].exp() * known  # without the background
    values = torch.arange(1, logits.shape[1]).view(1, -1, 1, 1, 1)
    truth = labels.unsqueeze(1) == values
    overlap, found, true = (voxels.sum((0, 2, 3, 4)) for voxels in (share * truth, share, truth))  # (C,)
    dice = (2 * overlap + SMOOTH_VOXELS) / (found + true + SMOOTH_VOXELS)
    shown = dice.detach()[true > 0]
    return TaskLoss(
        CROSS_ENTROPY_WEIGHT * cross_entropy + DICE_WEIGHT * (1 - dice.mean()),
        float(shown.mean()) if len(shown) else 1.0,
    )
