"""SAMed's loss: 0.2 cross entropy + 0.8 Dice."""

import torch
from torch import Tensor
from torch.nn import functional as F

CROSS_ENTROPY_WEIGHT = 0.2
DICE_WEIGHT = 0.8
SMOOTH_VOXELS = 1.0


def class_dice(share: Tensor, labels: Tensor) -> Tensor:
    """Of all samples together; share (B, 1 + C, m): how much of a voxel each class has, labels (B, m) → (C,),
    without the background"""
    truth = F.one_hot(labels, share.shape[1]).transpose(1, 2).to(share.dtype)  # (B, 1 + C, m)
    overlap = (share * truth).sum((0, 2))[1:]
    total = (share + truth).sum((0, 2))[1:]
    return (2 * overlap + SMOOTH_VOXELS) / (total + SMOOTH_VOXELS)


def task_loss(logits: Tensor, labels: Tensor, inside: Tensor) -> Tensor:
    """logits (B, 1 + C, n, n, n), labels (B, n, n, n) int64, inside (B, n, n, n) bool: voxels of the volume,
    beyond which nothing is known → scalar"""
    known = inside.flatten(1).unsqueeze(1)
    cross_entropy = F.cross_entropy(logits, labels, reduction="none")[inside].mean()
    share = torch.softmax(logits, 1).flatten(2) * known
    return CROSS_ENTROPY_WEIGHT * cross_entropy + DICE_WEIGHT * (
        1 - class_dice(share, labels.flatten(1)).mean()
    )


@torch.no_grad()
def batch_dice(logits: Tensor, labels: Tensor, inside: Tensor) -> float:
    """As of task_loss, of the classes that win: the mean of those that the samples show, 1 without any"""
    winners = F.one_hot(logits.argmax(1), logits.shape[1]).movedim(-1, 1).flatten(2)
    dice = class_dice(winners.float() * inside.flatten(1).unsqueeze(1), labels.flatten(1))
    shown = [c - 1 for c in labels.unique().tolist() if c > 0]
    return float(dice[shown].mean()) if shown else 1.0
