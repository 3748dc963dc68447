"""The three graphs as one trainable module."""

from torch import Tensor, nn

from .image_encoder import Embeddings, ImageEncoder
from .mask_decoder import Hypotheses, MaskDecoder
from .prompt_encoder import PromptEncoder


class Sam3d(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.image_encoder = ImageEncoder()
        self.prompt_encoder = PromptEncoder()
        self.mask_decoder = MaskDecoder()

    def encode(self, image: Tensor) -> Embeddings:
        return self.image_encoder(image)

    def decode(
        self,
        embeddings: Embeddings,
        point_coords: Tensor,
        point_labels: Tensor,
        box_coords: Tensor,
        box_labels: Tensor,
        mask_input: Tensor,
        has_mask_input: Tensor,
    ) -> Hypotheses:
        prompts = self.prompt_encoder(
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
        return self.mask_decoder(
            embeddings.features_half,
            embeddings.features_quarter,
            embeddings.features_eighth,
            prompts.prompt_half,
            prompts.prompt_quarter,
            prompts.prompt_box,
        )
