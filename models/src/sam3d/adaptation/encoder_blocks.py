"""The blocks of an image encoder that a task can change beyond their weights."""

from collections.abc import Callable

from torch import nn

from sam3d.model.blocks import RefiningBlock, ResidualBlock
from sam3d.model.image_encoder import ImageEncoder
from sam3d.model.vit.block import VitBlock
from sam3d.model.vit.encoder import VitEncoder


def adapt_blocks(
    encoder: nn.Module,
    of_tokens: Callable[[VitBlock, int], nn.Module],
    of_convolutions: Callable[[ResidualBlock | RefiningBlock], nn.Module],
) -> None:
    """In place: a transformer's blocks, told their width, or the convolutional blocks of our own encoder, are
    replaced by what the functions make of them. Raises ValueError for other encoders."""
    match encoder:
        case VitEncoder():
            for index, block in enumerate(encoder.blocks):
                encoder.blocks[index] = of_tokens(block, block.norm1.normalized_shape[0])
        case ImageEncoder():
            for name, module in list(encoder.named_modules()):
                if isinstance(module, ResidualBlock | RefiningBlock):
                    encoder.set_submodule(name, of_convolutions(module))
        case _:
            raise ValueError(f"{type(encoder).__name__} has no blocks that this method adapts")
