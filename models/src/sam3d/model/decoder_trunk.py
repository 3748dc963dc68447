"""The part of a decoder that masks of a prompt and classes without one have in common: a small U-Net over the
image's features."""

from torch import Tensor, nn

from .blocks import ConvNormAct, RefiningBlock, ResidualBlock, UpConv, activated, group_norm, refining_blocks
from .feature_pyramid import EIGHTH_FEATURES, FEATURES, HALF_FEATURES, QUARTER_FEATURES, FeatureChannels

HALF_CHANNELS = HALF_FEATURES  # as the features that the prompts are added to
QUARTER_CHANNELS = QUARTER_FEATURES
EIGHTH_CHANNELS = EIGHTH_FEATURES


class DecoderTrunk(nn.Module):
    def __init__(self, features: FeatureChannels = FEATURES, further_blocks: int = 0) -> None:
        """further_blocks: on the way up, on the eighth and on the quarter grid each"""
        super().__init__()
        self.further_blocks = further_blocks
        half, quarter, eighth, sixteenth = features
        self.quarter_norm = group_norm(quarter)
        self.quarter_down = ResidualBlock(quarter)
        self.to_eighth = nn.Conv3d(quarter, eighth, 2, 2)
        self.eighth_norm = group_norm(eighth)
        self.eighth_down = ResidualBlock(eighth)
        self.sixteenth = nn.Sequential(ConvNormAct(eighth, sixteenth, 2, 2), ResidualBlock(sixteenth))
        self.up_eighth = UpConv(sixteenth, eighth)
        self.eighth_up = ResidualBlock(eighth)
        self.refine_eighth = refining_blocks(further_blocks, eighth)
        self.up_quarter = UpConv(eighth, quarter)
        self.quarter_up = ResidualBlock(quarter)
        self.refine_quarter = refining_blocks(further_blocks, quarter)
        self.up_half = UpConv(quarter, half)
        self.half_norm = group_norm(half)
        self.half_up = ConvNormAct(half, half)
        self.half_refine = RefiningBlock(half)

    def decoded(
        self, features_half: Tensor, quarter: Tensor, features_eighth: Tensor, added_half: Tensor
    ) -> tuple[Tensor, Tensor]:
        """features_half (B, 16, n/2, …), features_eighth (B, 64, n/8, …); quarter (B, 32, n/4, …): features
        with the prompts added; added_half: what the prompts add to features_half → half (B, 16, n/2, …),
        eighth (B, 64, n/8, …)"""
        quarter = self.quarter_down(activated(self.quarter_norm(quarter)))  # (B, 32, n/4, …)
        eighth = activated(self.eighth_norm(features_eighth + self.to_eighth(quarter)))
        eighth = self.eighth_down(eighth)  # (B, 64, n/8, …)
        sixteenth = self.sixteenth(eighth)  # (B, 128, n/16, …)
        eighth = self.refine_eighth(self.eighth_up(eighth + self.up_eighth(sixteenth)))
        quarter = self.refine_quarter(self.quarter_up(quarter + self.up_quarter(eighth)))
        half = features_half + self.up_half(quarter) + added_half
        return self.half_refine(self.half_up(activated(self.half_norm(half)))), eighth
