"""The graphs as one trainable module."""

from torch import Tensor, nn

from .encoders import encoder_of
from .feature_pyramid import Embeddings
from .mask_decoder import Hypotheses, MaskDecoder, SubvoxelHypotheses
from .mask_refiner import MaskRefiner
from .prompt_encoder import PromptEncoder, PromptMaps
from .size import TINY, Size
from .tiny_vit.geometry import TinyVitGeometry
from .vit.geometry import VitGeometry


class Sam3d(nn.Module):
    def __init__(self, size: Size | VitGeometry | TinyVitGeometry = TINY) -> None:
        super().__init__()
        self.image_encoder = encoder_of(size)
        # Given encoders end in features as wide as the tiny one's.
        own = size if isinstance(size, Size) else TINY
        self.prompt_encoder = PromptEncoder(own.silenced_maps)
        self.mask_decoder = MaskDecoder(own.features, own.decoder_blocks)
        self.mask_refiner = MaskRefiner()

    def encode(self, image: Tensor) -> Embeddings:
        return self.image_encoder(image)

    def encode_prompts(
        self,
        embeddings: Embeddings,
        point_coords: Tensor,
        point_labels: Tensor,
        box_coords: Tensor,
        box_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> PromptMaps:
        return self.prompt_encoder(
            point_coords,
            point_labels,
            box_coords,
            box_labels,
            mask_input,
            has_mask_input,
            embeddings.image_half,
            embeddings.keys_half,
            embeddings.keys_quarter,
        )

    def decode(self, embeddings: Embeddings, prompts: PromptMaps) -> Hypotheses:
        return self.mask_decoder(*decoder_features(embeddings), *prompts)

    def decode_subvoxels(self, embeddings: Embeddings, prompts: PromptMaps) -> SubvoxelHypotheses:
        return self.mask_decoder.subvoxel_hypotheses(*decoder_features(embeddings), *prompts)


def decoder_features(embeddings: Embeddings) -> tuple[Tensor, Tensor, Tensor]:
    return embeddings.features_half, embeddings.features_quarter, embeddings.features_eighth
