"""What learns of an encoder and a decoder: all of their weights, or what is added to them."""

from collections.abc import Callable

from torch import nn

from sam3d.adaptation.encoder_blocks import adapt_blocks
from sam3d.model.adaptation import ADAPTABLE_BLOCKS, LORA_LAYERS, Adaptation, attach
from sam3d.model.spatial_adapter import AdaptedBlock
from sam3d.model.vit.adapted_block import AdaptedVitBlock, TokenAdapter

from .config import FinetunedConfig


def change_parts(
    encoder: nn.Module,
    decoder: nn.Module,
    config: FinetunedConfig,
    is_left_alone: Callable[[str], bool] = lambda name: False,
) -> None:
    """In place. is_left_alone: of a layer's name within its part, whether it gets no adapter"""
    with_encoder = config.parts == "encoder+decoder"
    encoder.requires_grad_(with_encoder and config.change == "vanilla")
    decoder.requires_grad_(config.change == "vanilla")

    def targets(part: nn.Module, kinds: tuple[type, ...]) -> tuple[str, ...]:
        return tuple(
            name
            for name, module in part.named_modules()
            if isinstance(module, kinds) and getattr(module, "groups", 1) == 1 and not is_left_alone(name)
        )

    match config.change:
        case "LoRA":
            for part in (encoder, decoder) if with_encoder else (decoder,):
                attach(part, Adaptation(config.lora_rank, targets(part, LORA_LAYERS)))
        case "adapter":
            narrow = config.adapter_channels
            if with_encoder:
                adapt_blocks(
                    encoder,
                    of_tokens=lambda block, width: AdaptedVitBlock(block, TokenAdapter(width, narrow)),
                    of_convolutions=lambda block: AdaptedBlock(block, narrow),
                )
            blocks = targets(decoder, ADAPTABLE_BLOCKS)
            attach(decoder, Adaptation(adapter_channels=narrow, adapter_targets=blocks))
