"""Writes a task's decoder. Its inputs have the names of the adaptable encoder's outputs."""

from pathlib import Path

import torch

from sam3d.model.decoder_trunk import EIGHTH_CHANNELS, HALF_CHANNELS, QUARTER_CHANNELS
from sam3d.model.semantic_decoder import SemanticDecoder

from .onnx_graphs import DECODER_EMBEDDINGS, OPSET

CLASS_LOGITS = "class_logits"


def export_task_decoder(decoder: SemanticDecoder, cube: int, path: Path) -> None:
    decoder.eval()
    grids = ((HALF_CHANNELS, 2), (QUARTER_CHANNELS, 4), (EIGHTH_CHANNELS, 8))
    features = tuple(torch.zeros(1, channels, *[cube // stride] * 3) for channels, stride in grids)
    with torch.no_grad():
        torch.onnx.export(
            decoder,
            features,
            str(path),
            input_names=list(DECODER_EMBEDDINGS),
            output_names=[CLASS_LOGITS],
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=True,
        )
