"""Runs the weights in PyTorch, in float32: what the exported graphs are held against."""

from pathlib import Path

import torch

from sam3d.export.onnx_graphs import DECODER_EMBEDDINGS, PROMPT_EMBEDDINGS, PROMPT_INPUTS, REFINER_INPUTS
from sam3d.model.prompt_encoder import PromptMaps
from sam3d.model.refinement import Refinement
from sam3d.model.sam3d import Sam3d
from sam3d.training.restored import restored

from .engine import REFINEMENT, Engine, Tensors


class TorchEngine(Engine):
    def __init__(self, model: Sam3d, refinement: Refinement | None = REFINEMENT) -> None:
        super().__init__(refinement)
        model.eval()
        self.graphs = {
            "imageEncoder": (model.image_encoder, ("image",)),
            "promptEncoder": (model.prompt_encoder, (*PROMPT_INPUTS, *PROMPT_EMBEDDINGS)),
            "maskDecoder": (model.mask_decoder, (*DECODER_EMBEDDINGS, *PromptMaps._fields)),
            "maskRefiner": (model.mask_refiner, REFINER_INPUTS),
        }
        self.has_refiner = True

    @torch.no_grad()
    def run(self, graph: str, tensors: Tensors) -> Tensors:
        module, names = self.graphs[graph]
        # Asked twice at once: on one thread PyTorch's convolutions of one sample take twice the time of two.
        twice = (torch.from_numpy(tensors[name]).expand(2, *tensors[name].shape[1:]) for name in names)
        outputs = module(*twice)
        return {name: tensor[:1].numpy() for name, tensor in outputs._asdict().items()}


def model_of(weights: Path) -> Sam3d:
    """weights: a checkpoint, or a zoo folder's weights.pt"""
    return restored(torch.load(weights, map_location="cpu", weights_only=True))
