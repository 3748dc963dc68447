"""Features → one output per class, without a prompt (SAMed, Zhang and Liu 2023, in 3D): the mask decoder's
trunk with default prompt embeddings that are learned."""

import torch
from torch import Tensor, nn

from .blocks import PointwiseConv, depth_to_space
from .decoder_trunk import HALF_CHANNELS, QUARTER_CHANNELS, DecoderTrunk
from .mask_decoder import LOGIT_GAIN, MaskDecoder

BACKGROUND_LOGIT = 2.0  # where training starts: most of a volume is background


class SemanticDecoder(DecoderTrunk):
    def __init__(self, classes: int, further_blocks: int = 0) -> None:
        """classes: without the background; further_blocks: as the mask decoder has that it starts from"""
        super().__init__(further_blocks=further_blocks)
        self.default_quarter = nn.Parameter(torch.zeros(1, QUARTER_CHANNELS, 1, 1, 1))
        self.default_half = nn.Parameter(torch.zeros(1, HALF_CHANNELS, 1, 1, 1))
        self.to_logits = PointwiseConv(HALF_CHANNELS, 8 * (1 + classes), LOGIT_GAIN)
        nn.init.normal_(self.to_logits.weight, std=0.02)
        nn.init.zeros_(self.to_logits.bias)
        with torch.no_grad():
            self.to_logits.bias[:8] = BACKGROUND_LOGIT / LOGIT_GAIN

    @torch.no_grad()
    def start_from(self, decoder: MaskDecoder) -> None:
        """With the trunk of a trained mask decoder, and what that adds where there is no prompt"""
        own = self.state_dict().keys()
        trunk = {
            name: value
            for name, value in decoder.state_dict().items()
            if name in own and not name.startswith("to_logits")
        }
        self.load_state_dict(trunk, strict=False)
        self.default_quarter.copy_((decoder.from_half.bias + decoder.from_quarter.bias).view(1, -1, 1, 1, 1))
        self.default_half.copy_(decoder.skip_half.bias.view(1, -1, 1, 1, 1))

    def forward(self, features_half: Tensor, features_quarter: Tensor, features_eighth: Tensor) -> Tensor:
        """As of Embeddings → logits (B, 1 + classes, n, n, n), background first"""
        quarter = features_quarter + self.default_quarter
        half, _ = self.decoded(features_half, quarter, features_eighth, self.default_half)
        return depth_to_space(self.to_logits(half).float())
