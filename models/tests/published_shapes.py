"""Names and shapes of whole published checkpoints, written down from their definitions."""

import mobile_sam
from sam3d.model.vit.geometry import VitGeometry
from sam_2d import shapes_2d
from sam_med3d import shapes_3d

Shapes = dict[str, tuple[int, ...]]


def image_encoder(geometry: VitGeometry, neck: int) -> Shapes:
    """Of SAM or SAM-Med3D"""
    shapes = shapes_3d(geometry) if geometry.volumetric else shapes_2d(geometry)
    axes = 3 if geometry.volumetric else 2
    shapes["image_encoder.neck.0.weight"] = (neck, geometry.width, *(1,) * axes)
    shapes["image_encoder.neck.2.weight"] = (neck, neck, *(3,) * axes)
    for index in (1, 3):
        shapes |= {f"image_encoder.neck.{index}.{part}": (neck,) for part in ("weight", "bias")}
    return shapes


def prompts_and_decoder(c: int, axes: int, points: int) -> Shapes:
    two, one = (2,) * axes, (1,) * axes
    shapes: Shapes = {
        "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix": (axes, 128),
        "prompt_encoder.not_a_point_embed.weight": (1, c),
        "prompt_encoder.no_mask_embed.weight": (1, c),
        "prompt_encoder.mask_downscaling.0.weight": (4, 1, *two),
        "prompt_encoder.mask_downscaling.0.bias": (4,),
        "prompt_encoder.mask_downscaling.1.weight": (4,),
        "prompt_encoder.mask_downscaling.1.bias": (4,),
        "prompt_encoder.mask_downscaling.3.weight": (16, 4, *two),
        "prompt_encoder.mask_downscaling.3.bias": (16,),
        "prompt_encoder.mask_downscaling.4.weight": (16,),
        "prompt_encoder.mask_downscaling.4.bias": (16,),
        "prompt_encoder.mask_downscaling.6.weight": (c, 16, *one),
        "prompt_encoder.mask_downscaling.6.bias": (c,),
        "mask_decoder.iou_token.weight": (1, c),
        "mask_decoder.mask_tokens.weight": (4, c),
        "mask_decoder.output_upscaling.0.weight": (c, c // 4, *two),
        "mask_decoder.output_upscaling.0.bias": (c // 4,),
        "mask_decoder.output_upscaling.1.weight": (c // 4,),
        "mask_decoder.output_upscaling.1.bias": (c // 4,),
        "mask_decoder.output_upscaling.3.weight": (c // 4, c // 8, *two),
        "mask_decoder.output_upscaling.3.bias": (c // 8,),
        "mask_decoder.transformer.norm_final_attn.weight": (c,),
        "mask_decoder.transformer.norm_final_attn.bias": (c,),
    }
    shapes |= {f"prompt_encoder.point_embeddings.{index}.weight": (1, c) for index in range(points)}
    matrices: Shapes = {}
    attentions = {"mask_decoder.transformer.final_attn_token_to_image": c // 2}
    for index in (0, 1):
        layer = f"mask_decoder.transformer.layers.{index}"
        attentions[f"{layer}.self_attn"] = c
        attentions[f"{layer}.cross_attn_token_to_image"] = c // 2
        attentions[f"{layer}.cross_attn_image_to_token"] = c // 2
        matrices |= {f"{layer}.mlp.lin1": (2048, c), f"{layer}.mlp.lin2": (c, 2048)}
        for number in (1, 2, 3, 4):
            shapes |= {f"{layer}.norm{number}.{part}": (c,) for part in ("weight", "bias")}
    for name, inner in attentions.items():
        matrices |= {f"{name}.{part}_proj": (inner, c) for part in ("q", "k", "v")}
        matrices[f"{name}.out_proj"] = (c, inner)
    for index in range(4):
        layers = f"mask_decoder.output_hypernetworks_mlps.{index}.layers"
        matrices |= {f"{layers}.0": (c, c), f"{layers}.1": (c, c), f"{layers}.2": (c // 8, c)}
    layers = "mask_decoder.iou_prediction_head.layers"
    matrices |= {f"{layers}.0": (256, c), f"{layers}.1": (256, 256), f"{layers}.2": (4, 256)}
    for name, shape in matrices.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    return shapes


def of_sam(geometry: VitGeometry) -> Shapes:
    return image_encoder(geometry, 256) | prompts_and_decoder(256, 2, 4)


def of_mobile_sam() -> Shapes:
    return mobile_sam.shapes() | prompts_and_decoder(256, 2, 4)


def of_sam_med3d(geometry: VitGeometry) -> Shapes:
    return image_encoder(geometry, 384) | prompts_and_decoder(384, 3, 2)
