from torch import nn

from sam3d.adaptation.encoder_blocks import adapt_blocks
from sam3d.adaptation.task_model import TaskModel, frozen_base
from sam3d.model.adaptation import ADAPTABLE_BLOCKS, LORA_LAYERS, Adaptation, attach
from sam3d.model.sam3d import Sam3d
from sam3d.model.spatial_adapter import AdaptedBlock
from sam3d.model.vit.adapted_block import AdaptedVitBlock, TokenAdapter

from .config import FinetunedConfig

# Whatever else learns: what a task has and the base does not
NEW_PARTS = ("to_logits.", "default_half", "default_quarter")
UNUSED = "to_keys"  # which clicks are compared by: a task has none


def finetuned_model(base: Sam3d, classes: int, config: FinetunedConfig) -> TaskModel:
    """Begins as the base with a semantic decoder; base is changed."""
    model = frozen_base(base, classes)
    encoder, decoder = model.image_encoder, model.task_decoder
    with_encoder = config.parts == "encoder+decoder"
    match config.change:
        case "vanilla":
            encoder.requires_grad_(with_encoder)
        case "LoRA":
            for part in (encoder, decoder) if with_encoder else (decoder,):
                attach(part, Adaptation(config.lora_rank, names_of(part, LORA_LAYERS)))
        case "adapter":
            narrow = config.adapter_channels
            if with_encoder:
                adapt_blocks(
                    encoder,
                    of_tokens=lambda block, width: AdaptedVitBlock(block, TokenAdapter(width, narrow)),
                    of_convolutions=lambda block: AdaptedBlock(block, narrow),
                )
            targets = names_of(decoder, ADAPTABLE_BLOCKS)
            attach(decoder, Adaptation(adapter_channels=narrow, adapter_targets=targets))
    for name, parameter in decoder.named_parameters():
        if name.startswith(NEW_PARTS):
            parameter.requires_grad_(True)
    return model


def names_of(part: nn.Module, kinds: tuple[type, ...]) -> tuple[str, ...]:
    return tuple(
        name
        for name, module in part.named_modules()
        if isinstance(module, kinds)
        and getattr(module, "groups", 1) == 1
        and UNUSED not in name
        and not f"{name}.".startswith(NEW_PARTS)
    )
