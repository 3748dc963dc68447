"""Names and shapes of what SAM's family has behind and beside its image encoder. Nothing of it is loaded."""

import math
from collections.abc import Iterable

Shapes = dict[str, tuple[int, ...]]

POINT_KINDS = {2: 4, 3: 2}  # exclude, include and, of 2D, two corners of a box
DECODER_LAYERS = 2
MASK_TOKENS = 4
DECODER_HIDDEN = 2048
QUALITY_HIDDEN = 256
MASK_CHANNELS = 16
BUFFERS = ("running_mean", "running_var", "num_batches_tracked", "positional_encoding_gaussian_matrix")


def linear(name: str, out: int, inner: int) -> Shapes:
    return {f"{name}.weight": (out, inner), f"{name}.bias": (out,)}


def norm(name: str, channels: int) -> Shapes:
    return {f"{name}.weight": (channels,), f"{name}.bias": (channels,)}


def joined(shapes: Iterable[Shapes]) -> Shapes:
    return {name: shape for one in shapes for name, shape in one.items()}


def parameters(shapes: Shapes) -> int:
    """Without what a model keeps but does not learn by gradients"""
    return sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(BUFFERS))


def neck(width: int, channels: int, axes: int) -> Shapes:
    return {
        "image_encoder.neck.0.weight": (channels, width, *[1] * axes),
        **norm("image_encoder.neck.1", channels),
        "image_encoder.neck.2.weight": (channels, channels, *[3] * axes),
        **norm("image_encoder.neck.3", channels),
    }


def classifier(width: int, classes: int = 1000) -> Shapes:
    """TinyViT's, which MobileSAM keeps and does not use"""
    return {**norm("image_encoder.norm_head", width), **linear("image_encoder.head", classes, width)}


def prompt_encoder(channels: int, axes: int) -> Shapes:
    prefix, narrow = "prompt_encoder.", MASK_CHANNELS // 4
    embeddings = (*(f"point_embeddings.{index}" for index in range(POINT_KINDS[axes])), "not_a_point_embed")
    return {
        f"{prefix}pe_layer.positional_encoding_gaussian_matrix": (axes, channels // axes),
        **{f"{prefix}{name}.weight": (1, channels) for name in (*embeddings, "no_mask_embed")},
        f"{prefix}mask_downscaling.0.weight": (narrow, 1, *[2] * axes),
        f"{prefix}mask_downscaling.0.bias": (narrow,),
        **norm(f"{prefix}mask_downscaling.1", narrow),
        f"{prefix}mask_downscaling.3.weight": (MASK_CHANNELS, narrow, *[2] * axes),
        f"{prefix}mask_downscaling.3.bias": (MASK_CHANNELS,),
        **norm(f"{prefix}mask_downscaling.4", MASK_CHANNELS),
        f"{prefix}mask_downscaling.6.weight": (channels, MASK_CHANNELS, *[1] * axes),
        f"{prefix}mask_downscaling.6.bias": (channels,),
    }


def attention(name: str, channels: int, inner: int) -> Shapes:
    inwards = joined(linear(f"{name}.{part}_proj", inner, channels) for part in "qkv")
    return {**inwards, **linear(f"{name}.out_proj", channels, inner)}


def mask_decoder(channels: int, axes: int) -> Shapes:
    half, quarter, eighth = channels // 2, channels // 4, channels // 8
    result: Shapes = {"iou_token.weight": (1, channels), "mask_tokens.weight": (MASK_TOKENS, channels)}
    for index in range(DECODER_LAYERS):
        layer = f"transformer.layers.{index}"
        result |= attention(f"{layer}.self_attn", channels, channels)
        result |= attention(f"{layer}.cross_attn_token_to_image", channels, half)
        result |= attention(f"{layer}.cross_attn_image_to_token", channels, half)
        result |= linear(f"{layer}.mlp.lin1", DECODER_HIDDEN, channels)
        result |= linear(f"{layer}.mlp.lin2", channels, DECODER_HIDDEN)
        result |= joined(norm(f"{layer}.norm{number}", channels) for number in (1, 2, 3, 4))
    result |= attention("transformer.final_attn_token_to_image", channels, half)
    result |= norm("transformer.norm_final_attn", channels)
    result |= {
        "output_upscaling.0.weight": (channels, quarter, *[2] * axes),
        "output_upscaling.0.bias": (quarter,),
        **norm("output_upscaling.1", quarter),
        "output_upscaling.3.weight": (quarter, eighth, *[2] * axes),
        "output_upscaling.3.bias": (eighth,),
    }
    for index in range(MASK_TOKENS):
        layers = f"output_hypernetworks_mlps.{index}.layers"
        result |= linear(f"{layers}.0", channels, channels) | linear(f"{layers}.1", channels, channels)
        result |= linear(f"{layers}.2", eighth, channels)
    quality = "iou_prediction_head.layers"
    result |= linear(f"{quality}.0", QUALITY_HIDDEN, channels)
    result |= linear(f"{quality}.1", QUALITY_HIDDEN, QUALITY_HIDDEN)
    result |= linear(f"{quality}.2", MASK_TOKENS, QUALITY_HIDDEN)
    return {f"mask_decoder.{name}": shape for name, shape in result.items()}
