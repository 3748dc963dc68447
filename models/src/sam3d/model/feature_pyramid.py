"""Features of three grids → embeddings, from coarse to fine; the end of every image encoder."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import ConvNormAct, PointwiseConv, UpConv, unit_vectors

IMAGE_CHANNELS = 2
SUBVOXELS = 8 * IMAGE_CHANNELS


class FeatureChannels(NamedTuple):
    """How wide the features are that an encoder hands on, and the decoder that goes on with them."""

    half: int
    quarter: int
    eighth: int
    sixteenth: int  # in the decoder alone


FEATURES = FeatureChannels(16, 32, 64, 128)
HALF_FEATURES, QUARTER_FEATURES, EIGHTH_FEATURES, _ = FEATURES
HALF_KEYS = 8
QUARTER_KEYS = 16


class Embeddings(NamedTuple):
    """n is the cube's edge. The mask decoder adds what it makes of the prompts to the features, as SAM adds
    dense prompts to its image embedding. Keys are unit vectors, compared with those at the clicks."""

    image_half: Tensor  # (B, 2, n/2, n/2, n/2)
    features_half: Tensor  # (B, 16, n/2, …)
    keys_half: Tensor  # (B, 8, n/2, …)
    features_quarter: Tensor  # (B, 32, n/4, …)
    keys_quarter: Tensor  # (B, 16, n/4, …)
    features_eighth: Tensor  # (B, 64, n/8, …)


class FeaturePyramid(nn.Module):
    def __init__(
        self, half_channels: int, quarter_channels: int, features: FeatureChannels = FEATURES
    ) -> None:
        super().__init__()
        self.up_quarter = UpConv(features.eighth, quarter_channels)
        self.fuse_quarter = ConvNormAct(quarter_channels, features.quarter)
        self.up_half = UpConv(features.quarter, half_channels)
        self.fuse_half = ConvNormAct(half_channels, half_channels)
        self.to_keys_half = PointwiseConv(half_channels, HALF_KEYS)
        self.to_keys_quarter = PointwiseConv(features.quarter, QUARTER_KEYS)
        self.to_half = PointwiseConv(half_channels + SUBVOXELS, features.half)
        self.half_to_quarter = nn.Conv3d(half_channels + SUBVOXELS, features.quarter, 2, 2)
        self.to_quarter = PointwiseConv(features.quarter, features.quarter)
        self.to_eighth = PointwiseConv(features.eighth, features.eighth)

    def embeddings(
        self, image: Tensor, subvoxels: Tensor, half: Tensor, quarter: Tensor, eighth: Tensor
    ) -> Embeddings:
        """image (B, 2, n, n, n), its subvoxels (B, 16, n/2, …); features (B, C, n/2, …), (B, C, n/4, …),
        (B, 64, n/8, …)"""
        fused_quarter = self.fuse_quarter(quarter + self.up_quarter(eighth))
        fused_half = self.fuse_half(half + self.up_half(fused_quarter))
        # the image's own voxels go along: what a half grid has lost is in them
        half_and_image = torch.cat([fused_half, subvoxels.to(fused_half.dtype)], 1)
        return Embeddings(
            image_half=F.avg_pool3d(image, 2),
            features_half=self.to_half(half_and_image),
            keys_half=unit_vectors(self.to_keys_half(fused_half), 1),
            features_quarter=self.half_to_quarter(half_and_image) + self.to_quarter(fused_quarter),
            keys_quarter=unit_vectors(self.to_keys_quarter(fused_quarter), 1),
            features_eighth=self.to_eighth(eighth),
        )
