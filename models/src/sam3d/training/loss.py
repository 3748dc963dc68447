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


def picked(logits: Tensor, index: Tensor) -> Tensor:
    """One hypothesis a sample; logits (B, 3, n, n, n), index (B,) → (B, 1, n, n, n)"""
    return logits[torch.arange(logits.shape[0], device=logits.device), index].unsqueeze(1)


@torch.no_grad()
def hard_iou(logits: Tensor, target: Tensor, outside_voxels: Tensor) -> Tensor:
    """With the whole object, also what of it lies beyond the cube: so that its IoUs in cubes of different
    size can be compared. logits (B, 3, n, n, n), target (B, 1, n, n, n), outside_voxels (B,) → (B, 3), at
    half resolution"""
    predicted = logits[..., ::2, ::2, ::2] > 0
    truth = target[..., ::2, ::2, ::2] > 0.5
    overlap = (predicted & truth).sum((2, 3, 4)).float()
    union = (predicted | truth).sum((2, 3, 4)).float() + outside_voxels.unsqueeze(1) / 8
    return overlap / union.clamp(min=1)


def mask_loss(logits: Tensor, target: Tensor) -> Tensor:
    """(B, 1, n, n, n) each → (B,)"""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((1, 2, 3, 4))
    return dice_loss(logits, target).squeeze(1) + CROSS_ENTROPY_WEIGHT * cross_entropy


def hypotheses_loss(
    hypotheses: Hypotheses, target: Tensor, outside_voxels: Tensor, chosen_weight: float
) -> Tensor:
    """The best hypothesis learns its mask, and so does the one that the reader is shown.

    target (B, 1, n, n, n) float, outside_voxels (B,) → (B,)
    """
    logits, foretold = hypotheses
    with torch.no_grad():
        best = dice_loss(logits[..., ::2, ::2, ::2], target[..., ::2, ::2, ::2]).argmin(1)
    chosen = foretold.argmax(1)
    loss = mask_loss(picked(logits, best), target)
    if bool((chosen != best).any()):
        shown = mask_loss(picked(logits, chosen), target)
        loss = (loss + chosen_weight * shown) / (1 + chosen_weight)
    iou = (foretold - hard_iou(logits, target, outside_voxels)).square().mean(1)
    return loss + IOU_WEIGHT * iou
