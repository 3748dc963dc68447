from sam3d.adaptation.encoder_blocks import adapt_blocks
from sam3d.adaptation.task_model import TaskModel, frozen_base
from sam3d.model.sam3d import Sam3d
from sam3d.model.vit.adapted_block import AdaptedVitBlock

from .config import MaSamConfig
from .depth_adapter import DepthAdaptedBlock, DepthAdapter
from .fact import attach_fact


def ma_sam_model(base: Sam3d, classes: int, config: MaSamConfig) -> TaskModel:
    """Begins as the base with a semantic decoder; base is changed."""
    model = frozen_base(base, classes)
    narrow = config.adapter_channels
    attach_fact(model.image_encoder, config.fact_rank, config.fact_scale)
    adapt_blocks(
        model.image_encoder,
        of_tokens=lambda block, width: AdaptedVitBlock(
            block, DepthAdapter(width, narrow), DepthAdapter(width, narrow)
        ),
        of_convolutions=lambda block: DepthAdaptedBlock(block, narrow),
    )
    return model
