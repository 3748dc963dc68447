"""Embeddings and prompt maps → three mask hypotheses and the IoU expected of each."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import PointwiseConv, activated, depth_to_space
from .decoder_trunk import DecoderTrunk
from .feature_pyramid import FEATURES, FeatureChannels
from .prompt_encoder import BOX_PROMPT_MAPS, HALF_MAPS, QUARTER_MAPS, WIDE_INCLUDE_MAP

HYPOTHESES = 3
IOU_STATISTICS = 4  # sharpness, doubt and size of a hypothesis, and how much of the cube's faces it covers
HALF_INPUTS = HALF_MAPS + BOX_PROMPT_MAPS
BACKGROUND_LOGIT = -2.5  # where training starts: most of a cube is background
BLOB_LOGIT = 5.0  # what an include click adds there
# Adam moves every weight by about the learning rate a step; these make a confident mask few steps away.
LOGIT_GAIN = 4.0
PROMPT_GAIN = 3.0


class Hypotheses(NamedTuple):
    logits: Tensor  # (B, 3, n, n, n), > 0 is inside
    iou_predictions: Tensor  # (B, 3) in [0, 1]


class SubvoxelHypotheses(NamedTuple):
    """The same in the order in which they are computed; a loss does not mind it."""

    logits: Tensor  # (B, 3, 8, n/2, n/2, n/2)
    iou_predictions: Tensor  # (B, 3)


def face_cells(subvoxels: Tensor) -> Tensor:
    """The outermost cells of a grid: where a mask reaches them, the object goes on beyond.

    (B, C, n, n, n) → (B, C, 6, n, n)
    """
    return torch.stack(
        [
            subvoxels[:, :, 0],
            subvoxels[:, :, -1],
            subvoxels[:, :, :, 0],
            subvoxels[:, :, :, -1],
            subvoxels[:, :, :, :, 0],
            subvoxels[:, :, :, :, -1],
        ],
        2,
    )


class IouHead(nn.Module):
    """Foretells each hypothesis' IoU: from the features under it and in the whole cube, and from how certain
    it is of itself."""

    def __init__(self, half_channels: int, eighth_channels: int, hidden: int = 64) -> None:
        super().__init__()
        of_mask = 2 * half_channels + eighth_channels + IOU_STATISTICS + HYPOTHESES + BOX_PROMPT_MAPS
        self.hidden = nn.Linear(of_mask + eighth_channels, hidden)
        self.expand = nn.Linear(hidden, 2 * hidden)
        self.contract = nn.Linear(2 * hidden, hidden)  # begins without influence
        nn.init.zeros_(self.contract.weight)
        nn.init.zeros_(self.contract.bias)
        self.output = nn.Linear(hidden, 1)

    def forward(self, half: Tensor, eighth: Tensor, boxes: Tensor, subvoxels: Tensor) -> Tensor:
        """half (B, C, n/2, …), eighth (B, E, n/8, …), boxes (B, 4, n/2, …), subvoxels (B, 24, n/2, …) logits
        → (B, 3)"""
        b, n = half.shape[0], half.shape[-1]
        logits = subvoxels.flatten(2).reshape(b, HYPOTHESES, 8, -1).mean(2)  # (B, 3, m)
        probability = torch.sigmoid(logits)
        coarse = F.avg_pool3d(probability.reshape(b, HYPOTHESES, n, n, n), 4).flatten(2)
        faces = torch.sigmoid(face_cells(subvoxels)).reshape(b, HYPOTHESES, 8, -1).mean((2, 3))
        doubt = probability * (1 - probability)
        size = probability.sum(2, keepdim=True) + 1
        features = half.float().flatten(2).transpose(1, 2)  # (B, m, C)
        deep_features = eighth.float().flatten(2).transpose(1, 2)  # (B, m / 64, E)
        descriptors = torch.cat(
            [
                (probability @ features) / size,
                (doubt @ features) / (doubt.sum(2, keepdim=True) + 1),
                (coarse @ deep_features) / (coarse.sum(2, keepdim=True) + 1 / 64),
                (probability * probability).sum(2, keepdim=True) / size,
                doubt.sum(2, keepdim=True) / size,
                torch.log(size) / 10,
                faces.unsqueeze(2),
                torch.eye(HYPOTHESES, device=half.device).expand(b, HYPOTHESES, HYPOTHESES),
                (probability @ boxes.float().flatten(2).transpose(1, 2)) / size,
                deep_features.mean(1, keepdim=True).expand(b, HYPOTHESES, deep_features.shape[2]),
            ],
            2,
        )
        hidden = activated(self.hidden(descriptors))
        hidden = hidden + self.contract(activated(self.expand(hidden)))
        return torch.sigmoid(self.output(hidden).float()).squeeze(2)


class MaskDecoder(DecoderTrunk):
    def __init__(self, features: FeatureChannels = FEATURES, further_blocks: int = 0) -> None:
        super().__init__(features, further_blocks)
        self.from_half = nn.Conv3d(HALF_INPUTS, features.quarter, 2, 2)
        self.from_quarter = PointwiseConv(QUARTER_MAPS, features.quarter)
        self.skip_half = PointwiseConv(HALF_INPUTS, features.half)
        self.to_logits = PointwiseConv(
            features.half + HALF_MAPS + BOX_PROMPT_MAPS, 8 * HYPOTHESES, LOGIT_GAIN
        )
        self.start_as_blob_at_click(features.half)
        self.iou_head = IouHead(features.half + HALF_MAPS, features.eighth)

    @torch.no_grad()
    def start_as_blob_at_click(self, half_channels: int) -> None:
        """Training from an empty mask stays there for long: its Dice has next to no gradient."""
        nn.init.normal_(self.to_logits.weight, std=0.02)
        self.to_logits.weight[:, half_channels + WIDE_INCLUDE_MAP] = BLOB_LOGIT / LOGIT_GAIN / PROMPT_GAIN
        nn.init.constant_(self.to_logits.bias, BACKGROUND_LOGIT / LOGIT_GAIN)

    def forward(
        self,
        features_half: Tensor,
        features_quarter: Tensor,
        features_eighth: Tensor,
        prompt_half: Tensor,
        prompt_quarter: Tensor,
        prompt_box: Tensor,
    ) -> Hypotheses:
        subvoxels, iou_predictions = self.subvoxel_hypotheses(
            features_half, features_quarter, features_eighth, prompt_half, prompt_quarter, prompt_box
        )
        b, *_, k, j, i = (int(side) for side in subvoxels.shape)  # fixed when exported
        return Hypotheses(depth_to_space(subvoxels.reshape(b, -1, k, j, i)), iou_predictions)

    def subvoxel_hypotheses(
        self,
        features_half: Tensor,
        features_quarter: Tensor,
        features_eighth: Tensor,
        prompt_half: Tensor,
        prompt_quarter: Tensor,
        prompt_box: Tensor,
    ) -> SubvoxelHypotheses:
        prompt_half = PROMPT_GAIN * prompt_half.to(features_half.dtype)
        prompt_quarter = PROMPT_GAIN * prompt_quarter.to(features_quarter.dtype)
        prompt_box = PROMPT_GAIN * prompt_box.to(features_half.dtype)
        prompts = torch.cat([prompt_half, prompt_box], 1)
        quarter = features_quarter + self.from_half(prompts) + self.from_quarter(prompt_quarter)
        half, eighth = self.decoded(features_half, quarter, features_eighth, self.skip_half(prompts))
        half = torch.cat([half, prompt_half], 1)
        subvoxels = self.to_logits(torch.cat([half, prompt_box], 1)).float()  # (B, 24, n/2, …)
        iou_predictions = self.iou_head(half.detach(), eighth.detach(), prompt_box, subvoxels.detach())
        b, _, k, j, i = (int(side) for side in subvoxels.shape)  # fixed when exported
        return SubvoxelHypotheses(subvoxels.reshape(b, HYPOTHESES, 8, k, j, i), iou_predictions)
