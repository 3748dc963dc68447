"""Dice and cross entropy of the best hypothesis, and how well each hypothesis' IoU was foretold."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.model.mask_decoder import Hypotheses

CROSS_ENTROPY_WEIGHT = 2.0
IOU_WEIGHT = 1.0
SMOOTH_VOXELS = 1.0


def dice_loss(logits: Tensor, target: Tensor) -> Tensor:
    """(…, n, n, n) each → (…): 1 − soft Dice"""
    axes = (-3, -2, -1)
    probability = torch.sigmoid(logits)
    overlap = (probability * target).sum(axes)
    total = probability.sum(axes) + target.sum(axes)
    return 1 - (2 * overlap + SMOOTH_VOXELS) / (total + SMOOTH_VOXELS)


@torch.no_grad()
def hard_iou(logits: Tensor, target: Tensor, outside_voxels: float) -> Tensor:
    """With the whole object, also what of it lies beyond the cube: so that its IoUs in cubes of different
    size can be compared. logits (B, 3, n, n, n), target (B, 1, n, n, n) → (B, 3), at half resolution"""
    predicted = logits[..., ::2, ::2, ::2] > 0
    truth = target[..., ::2, ::2, ::2] > 0.5
    overlap = (predicted & truth).sum((2, 3, 4)).float()
    union = (predicted | truth).sum((2, 3, 4)).float() + outside_voxels / 8
    return overlap / union.clamp(min=1)


def mask_loss(logits: Tensor, target: Tensor) -> Tensor:
    """(1, 1, n, n, n) each → scalar"""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target)
    return dice_loss(logits, target).mean() + CROSS_ENTROPY_WEIGHT * cross_entropy


def hypotheses_loss(
    hypotheses: Hypotheses, target: Tensor, outside_voxels: float, chosen_weight: float
) -> Tensor:
    """The best hypothesis learns its mask, and so does the one that the reader is shown.

    target (1, 1, n, n, n) float → scalar
    """
    with torch.no_grad():
        coarse = slice(None, None, 2)
        best = int(
            dice_loss(
                hypotheses.logits[..., coarse, coarse, coarse], target[..., coarse, coarse, coarse]
            ).argmin()
        )
        chosen = int(hypotheses.iou_predictions.argmax())
    loss = mask_loss(hypotheses.logits[:, best : best + 1], target)
    if chosen != best:
        shown = mask_loss(hypotheses.logits[:, chosen : chosen + 1], target)
        loss = (loss + chosen_weight * shown) / (1 + chosen_weight)
    iou = F.mse_loss(hypotheses.iou_predictions, hard_iou(hypotheses.logits, target, outside_voxels))
    return loss + IOU_WEIGHT * iou
