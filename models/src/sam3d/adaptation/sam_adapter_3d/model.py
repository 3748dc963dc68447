import numpy as np
from torch import Tensor, nn

from sam3d.adaptation.encoder_blocks import adapt_blocks
from sam3d.adaptation.task_model import TaskModel
from sam3d.model.feature_pyramid import EIGHTH_FEATURES, HALF_FEATURES, QUARTER_FEATURES
from sam3d.model.idle import remove_idle_layers
from sam3d.model.sam3d import Sam3d, decoder_features
from sam3d.model.spatial_adapter import AdaptedBlock
from sam3d.model.vit.adapted_block import AdaptedVitBlock, TokenAdapter
from sam3d.model.vit.encoder import VitEncoder
from sam3d.model.vit.layout import channels_first

from .clicks import Clicks, drawn_clicks
from .config import SamAdapter3dConfig
from .multi_level_decoder import MultiLevelDecoder

# What makes a 2D transformer see the depth, beside adapters: kernel, positions, relative positions
DEPTH_PARTS = ("patches.depth_kernel", "positions.depth", "attention.relative_depth")


class SamAdapter3d(TaskModel):
    """A click is optional: without one all classes are found."""

    def __init__(self, image_encoder: nn.Module, decoder: MultiLevelDecoder, click_share: float) -> None:
        super().__init__(image_encoder, decoder)
        self.click_share = click_share

    def forward(self, image: Tensor, clicks: Clicks | None = None) -> Tensor:
        return self.task_decoder(levels_of(self.image_encoder, image), image, clicks)

    def training_logits(self, image: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
        return self(image, drawn_clicks(labels, self.click_share, rng))


def levels_of(encoder: nn.Module, image: Tensor) -> list[Tensor]:
    """From fine to coarse: the tokens behind each block of global attention, or the pyramid's features"""
    if isinstance(encoder, VitEncoder):
        return [channels_first(level) for level in encoder.levels(image)]
    return list(decoder_features(encoder(image)))


def sam_adapter_3d_model(base: Sam3d, classes: int, config: SamAdapter3dConfig) -> TaskModel:
    """Its encoder begins as the base's; base is changed."""
    encoder, narrow = base.image_encoder, config.adapter_channels
    remove_idle_layers(encoder)
    encoder.requires_grad_(False)
    adapt_blocks(
        encoder,
        of_tokens=lambda block, width: AdaptedVitBlock(block, TokenAdapter(width, narrow)),
        of_convolutions=lambda block: AdaptedBlock(block, narrow),
    )
    if isinstance(encoder, VitEncoder):
        level_channels = [encoder.width] * len(encoder.global_blocks)
        for name, parameter in encoder.named_parameters():
            if name.endswith(DEPTH_PARTS):
                parameter.requires_grad_(True)
        encoder.neck = nn.Identity()  # this decoder looks at the tokens themselves
    else:
        level_channels = [HALF_FEATURES, QUARTER_FEATURES, EIGHTH_FEATURES]
    decoder = MultiLevelDecoder(level_channels, config.decoder_channels, classes, config.global_queries)
    return SamAdapter3d(encoder, decoder, config.click_share)
