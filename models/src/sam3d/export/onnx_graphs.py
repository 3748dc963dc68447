"""Writes the graphs. Tensors are wired by name, so names here are the serving contract."""

from pathlib import Path

import torch

from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.mask_decoder import Hypotheses
from sam3d.model.mask_refiner import RefinedMask
from sam3d.model.prompt_encoder import PromptMaps
from sam3d.model.sam3d import Sam3d

OPSET = 17
GRAPH_FILES = {
    "imageEncoder": "image_encoder.onnx",
    "promptEncoder": "prompt_encoder.onnx",
    "maskDecoder": "mask_decoder.onnx",
    "maskRefiner": "mask_refiner.onnx",  # a folder may lack it
}
PROMPT_INPUTS = (
    "point_coords",
    "point_labels",
    "box_coords",
    "box_labels",
    "mask_input",
    "has_mask_input",
)
PROMPT_EMBEDDINGS = ("image_half", "keys_half", "keys_quarter")
REFINER_INPUTS = ("image", "mask_logits", "walked_logits", "point_coords", "point_labels")
DECODER_EMBEDDINGS = ("features_half", "features_quarter", "features_eighth")


def export_graphs(model: Sam3d, cube: int, folder: Path) -> None:
    model.eval()
    image = torch.zeros(1, 2, cube, cube, cube)
    point_coords, point_labels = torch.full((1, 2, 3), cube / 2), torch.ones(1, 2)
    box_coords, box_labels = torch.zeros(1, 1, 6), torch.zeros(1, 1)
    mask_input, has_mask_input = torch.zeros(1, 1, cube, cube, cube), torch.zeros(1)
    with torch.no_grad():
        embeddings = model.encode(image)
        prompts = (
            point_coords,
            point_labels,
            box_coords,
            box_labels,
            mask_input,
            has_mask_input,
            *(getattr(embeddings, name) for name in PROMPT_EMBEDDINGS),
        )
        maps = model.prompt_encoder(*prompts)
        decoder_inputs = (*(getattr(embeddings, name) for name in DECODER_EMBEDDINGS), *maps)
        options = {"opset_version": OPSET, "dynamo": False, "do_constant_folding": True}
        torch.onnx.export(
            model.image_encoder,
            (image,),
            str(folder / GRAPH_FILES["imageEncoder"]),
            input_names=["image"],
            output_names=list(Embeddings._fields),
            **options,
        )
        torch.onnx.export(
            model.prompt_encoder,
            prompts,
            str(folder / GRAPH_FILES["promptEncoder"]),
            input_names=[*PROMPT_INPUTS, *PROMPT_EMBEDDINGS],
            output_names=list(PromptMaps._fields),
            dynamic_axes={
                "point_coords": {1: "points"},
                "point_labels": {1: "points"},
                "box_coords": {1: "boxes"},
                "box_labels": {1: "boxes"},
            },
            **options,
        )
        torch.onnx.export(
            model.mask_decoder,
            decoder_inputs,
            str(folder / GRAPH_FILES["maskDecoder"]),
            input_names=[*DECODER_EMBEDDINGS, *PromptMaps._fields],
            output_names=list(Hypotheses._fields),
            **options,
        )
        torch.onnx.export(
            model.mask_refiner,
            (image, mask_input, mask_input, point_coords, point_labels),
            str(folder / GRAPH_FILES["maskRefiner"]),
            input_names=list(REFINER_INPUTS),
            output_names=list(RefinedMask._fields),
            dynamic_axes={"point_coords": {1: "points"}, "point_labels": {1: "points"}},
            **options,
        )
