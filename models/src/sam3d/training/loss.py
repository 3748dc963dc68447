"""Dice and cross entropy of the best hypothesis, and how well each hypothesis' IoU was foretold.

Masks are in sub-voxel order: (…, 8, m), as of blocks.space_to_depth with the grid flattened. Where that is
enough, the first sub-voxel of a cell stands for all eight.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.model.mask_decoder import SubvoxelHypotheses

CROSS_ENTROPY_WEIGHT = 2.0
IOU_WEIGHT = 1.0
SMOOTH_VOXELS = 1.0


def dice_loss(logits: Tensor, target: Tensor) -> Tensor:
    """(…, s, m) each → (…): 1 − soft Dice"""
    probability = torch.sigmoid(logits)
    overlap = (probability * target).sum((-2, -1))
    total = probability.sum((-2, -1)) + target.sum((-2, -1))
    return 1 - (2 * overlap + SMOOTH_VOXELS) / (total + SMOOTH_VOXELS)


def picked(logits: Tensor, index: Tensor) -> Tensor:
    """One hypothesis a sample; logits (B, 3, …), index (B,) → (B, …)"""
    return logits[torch.arange(len(index), device=index.device), index]


@torch.no_grad()
def hard_iou(logits: Tensor, target: Tensor, outside_voxels: Tensor) -> Tensor:
    """With the whole object, also what of it lies beyond the cube: so that its IoUs in cubes of different
    size can be compared. logits (B, 3, 8, m), target (B, 8, m), outside_voxels (B,) → (B, 3), at half
    resolution"""
    predicted, truth = logits[:, :, 0] > 0, target[:, None, 0] > 0.5
    overlap = (predicted & truth).sum(2).float()
    union = (predicted | truth).sum(2).float() + outside_voxels.unsqueeze(1) / 8
    return overlap / union.clamp(min=1)


def mask_loss(logits: Tensor, target: Tensor) -> Tensor:
    """(B, 8, m) each → (B,)"""
    cross_entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none").mean((1, 2))
    return dice_loss(logits, target) + CROSS_ENTROPY_WEIGHT * cross_entropy


def hypotheses_loss(
    hypotheses: SubvoxelHypotheses, target: Tensor, outside_voxels: Tensor, chosen_weight: float
) -> Tensor:
    """The best hypothesis learns its mask, and so does the one that the reader is shown.

    target (B, 8, m) float, outside_voxels (B,) → (B,)
    """
    logits, foretold = hypotheses.logits.flatten(3), hypotheses.iou_predictions
    with torch.no_grad():
        best = dice_loss(logits[:, :, :1], target[:, None, :1]).argmin(1)
    chosen = foretold.argmax(1)
    loss = mask_loss(picked(logits, best), target)
    if bool((chosen != best).any()):
        shown = mask_loss(picked(logits, chosen), target)
        loss = (loss + chosen_weight * shown) / (1 + chosen_weight)
    iou = (foretold - hard_iou(logits, target, outside_voxels)).square().mean(1)
    return loss + IOU_WEIGHT * iou
