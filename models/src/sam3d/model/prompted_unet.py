"""A baseline: a 3D U-Net that sees the prompts as further channels of the image (as DeepIGeoS and DeepEdit
do), so that all of it runs at every click. About the operations of the tiny encoder and decoder together."""

import torch
from torch import Tensor, nn

from .blocks import ConvNormAct, PointwiseConv, ResidualBlock, UpConv, space_to_depth
from .box_prompts import BOX_MAPS, box_maps
from .mask_decoder import BACKGROUND_LOGIT, LOGIT_GAIN, PROMPT_GAIN, SubvoxelHypotheses
from .prompt_encoder import NARROW_SIGMA_VOXELS, point_weights

IMAGE_AND_MASK = 3  # channels of the cube: two of the image, the previous mask
CLICK_MAPS = 2
HALF, QUARTER, EIGHTH, SIXTEENTH = 24, 56, 128, 160


def level(channels: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(*(ResidualBlock(channels) for _ in range(blocks)))


class PromptedUnet(nn.Module):
    """Trained and asked like Sam3d; its one hypothesis foretells no IoU"""

    def __init__(self) -> None:
        super().__init__()
        self.at_half = ConvNormAct(8 * IMAGE_AND_MASK + CLICK_MAPS + BOX_MAPS, HALF)
        self.at_quarter = nn.Sequential(ConvNormAct(HALF, QUARTER, 2, 2), level(QUARTER, 2))
        self.at_eighth = nn.Sequential(ConvNormAct(QUARTER, EIGHTH, 2, 2), level(EIGHTH, 3))
        self.at_sixteenth = nn.Sequential(ConvNormAct(EIGHTH, SIXTEENTH, 2, 2), level(SIXTEENTH, 2))
        self.up_eighth, self.fuse_eighth = UpConv(SIXTEENTH, EIGHTH), level(EIGHTH, 1)
        self.up_quarter, self.fuse_quarter = UpConv(EIGHTH, QUARTER), level(QUARTER, 1)
        self.up_half, self.fuse_half = UpConv(QUARTER, HALF), ConvNormAct(HALF, HALF)
        self.to_logits = PointwiseConv(HALF, 8, LOGIT_GAIN)
        nn.init.normal_(self.to_logits.weight, std=0.02)
        nn.init.constant_(self.to_logits.bias, BACKGROUND_LOGIT / LOGIT_GAIN)

    def encode(self, image: Tensor) -> Tensor:
        """(B, 2, n, n, n) → same: nothing is known before the prompts"""
        return image

    def encode_prompts(
        self,
        image: Tensor,
        point_coords: Tensor,
        point_labels: Tensor,
        box_coords: Tensor,
        box_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """As of PromptEncoder → the previous mask (B, 1, n, n, n), and maps (B, 4, n/2, n/2, n/2)"""
        half = image.shape[-1] // 2
        weights = point_weights(point_coords, half, 2, NARROW_SIGMA_VOXELS)
        clicks = [weights.painted(((point_labels - sign).abs() < 0.5).to(image.dtype)) for sign in (1.0, 0.0)]
        previous = 2 * torch.sigmoid(mask_input.clamp(-20, 20)) - 1
        known = has_mask_input.reshape(-1, 1, 1, 1, 1) * previous
        return known, torch.cat([*clicks, box_maps(box_coords, box_labels, half, 2)], 1)

    def decode_subvoxels(self, image: Tensor, prompts: tuple[Tensor, Tensor]) -> SubvoxelHypotheses:
        previous, maps = prompts
        cube = space_to_depth(torch.cat([image, previous], 1))
        half = self.at_half(torch.cat([cube, PROMPT_GAIN * maps], 1))
        quarter = self.at_quarter(half)
        eighth = self.at_eighth(quarter)
        eighth = self.fuse_eighth(eighth + self.up_eighth(self.at_sixteenth(eighth)))
        quarter = self.fuse_quarter(quarter + self.up_quarter(eighth))
        logits = self.to_logits(self.fuse_half(half + self.up_half(quarter))).float()
        b, _, k, j, i = logits.shape
        return SubvoxelHypotheses(logits.reshape(b, 1, 8, k, j, i), logits.new_zeros(b, 1))
