"""MobileSAM's image encoder (TinyViT-5M), written down again from its papers: what ours is held against."""

import torch
from torch import Tensor
from torch.nn import functional as F

WIDTHS = (64, 128, 160, 320)
BLOCKS = (2, 2, 6, 2)
HEADS = (0, 4, 5, 10)
WINDOWS = (0, 7, 14, 7)
STRIDES = (2, 2, 1)  # of the merging behind each stage
EXPANSION = 4
NECK = 256
CLASSES = 1000


def convolution(name: str, *shape: int) -> dict[str, tuple[int, ...]]:
    """A convolution without bias and the batch norm behind it"""
    parts = ("weight", "bias", "running_mean", "running_var")
    batch_norm = {f"{name}.bn.{part}": (shape[0],) for part in parts}
    return {f"{name}.c.weight": shape, **batch_norm, f"{name}.bn.num_batches_tracked": ()}


def shapes() -> dict[str, tuple[int, ...]]:
    """Of the whole image encoder, the neck and the classifier that is left in it included"""
    found = convolution("patch_embed.seq.0", WIDTHS[0] // 2, 3, 3, 3)
    found |= convolution("patch_embed.seq.2", WIDTHS[0], WIDTHS[0] // 2, 3, 3)
    for stage, (c, blocks) in enumerate(zip(WIDTHS, BLOCKS, strict=True)):
        hidden = EXPANSION * c
        for index in range(blocks):
            block = f"layers.{stage}.blocks.{index}"
            if not HEADS[stage]:
                found |= convolution(f"{block}.conv1", hidden, c, 1, 1)
                found |= convolution(f"{block}.conv2", hidden, 1, 3, 3)
                found |= convolution(f"{block}.conv3", c, hidden, 1, 1)
                continue
            found |= {
                f"{block}.attn.norm.weight": (c,),
                f"{block}.attn.norm.bias": (c,),
                f"{block}.attn.qkv.weight": (3 * c, c),
                f"{block}.attn.qkv.bias": (3 * c,),
                f"{block}.attn.proj.weight": (c, c),
                f"{block}.attn.proj.bias": (c,),
                f"{block}.attn.attention_biases": (HEADS[stage], WINDOWS[stage] ** 2),
                f"{block}.mlp.norm.weight": (c,),
                f"{block}.mlp.norm.bias": (c,),
                f"{block}.mlp.fc1.weight": (hidden, c),
                f"{block}.mlp.fc1.bias": (hidden,),
                f"{block}.mlp.fc2.weight": (c, hidden),
                f"{block}.mlp.fc2.bias": (c,),
            }
            found |= convolution(f"{block}.local_conv", c, 1, 3, 3)
        if stage < len(STRIDES):
            merging, wider = f"layers.{stage}.downsample", WIDTHS[stage + 1]
            found |= convolution(f"{merging}.conv1", wider, c, 1, 1)
            found |= convolution(f"{merging}.conv2", wider, 1, 3, 3)
            found |= convolution(f"{merging}.conv3", wider, wider, 1, 1)
    found |= {"norm_head.weight": (WIDTHS[-1],), "norm_head.bias": (WIDTHS[-1],)}
    found |= {"head.weight": (CLASSES, WIDTHS[-1]), "head.bias": (CLASSES,)}
    found |= {"neck.0.weight": (NECK, WIDTHS[-1], 1, 1), "neck.2.weight": (NECK, NECK, 3, 3)}
    found |= {f"neck.{index}.{part}": (NECK,) for index in (1, 3) for part in ("weight", "bias")}
    return {f"image_encoder.{name}": shape for name, shape in found.items()}


def random_state() -> dict[str, Tensor]:
    """Activations keep their size, so that every layer counts."""
    generator = torch.Generator().manual_seed(12)
    state = {}
    for name, shape in shapes().items():
        value = torch.randn(shape, generator=generator)
        if name.endswith("num_batches_tracked"):
            value = torch.tensor(1)
        elif name.endswith("running_var"):
            value = 0.5 + value.abs()
        elif len(shape) > 1 and "attention_biases" not in name:
            value = value / value[0].numel() ** 0.5
        state[name] = value
    return state


def normed_convolution(x: Tensor, given: dict[str, Tensor], name: str, stride: int = 1) -> Tensor:
    """Batch norm as after training: by the running mean and variance"""
    weight = given[f"{name}.c.weight"]
    groups = x.shape[1] // weight.shape[1]
    x = F.conv2d(x, weight, None, stride, weight.shape[-1] // 2, groups=groups)
    mean, variance, scale, shift = (
        given[f"{name}.bn.{part}"].view(1, -1, 1, 1)
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / torch.sqrt(variance + 1e-5) * scale + shift


def encoded(image: Tensor, state: dict[str, Tensor]) -> list[Tensor]:
    """Normalised RGB (1, 3, h, w) → (1, C, h', w') behind each of the four stages"""
    given = {name.removeprefix("image_encoder."): value for name, value in state.items()}
    x = F.gelu(normed_convolution(image, given, "patch_embed.seq.0", 2))
    x = normed_convolution(x, given, "patch_embed.seq.2", 2)
    levels = []
    for stage, blocks in enumerate(BLOCKS):
        for index in range(blocks):
            block = f"layers.{stage}.blocks.{index}"
            x = attention_block(x, given, block, stage) if HEADS[stage] else bottleneck(x, given, block)
        levels.append(x)
        if stage < len(STRIDES):
            merging = f"layers.{stage}.downsample"
            x = F.gelu(normed_convolution(x, given, f"{merging}.conv1"))
            x = F.gelu(normed_convolution(x, given, f"{merging}.conv2", STRIDES[stage]))
            x = normed_convolution(x, given, f"{merging}.conv3")
    return levels


def bottleneck(x: Tensor, given: dict[str, Tensor], block: str) -> Tensor:
    y = F.gelu(normed_convolution(x, given, f"{block}.conv1"))
    y = F.gelu(normed_convolution(y, given, f"{block}.conv2"))
    return F.gelu(x + normed_convolution(y, given, f"{block}.conv3"))


def attention_block(x: Tensor, given: dict[str, Tensor], block: str, stage: int) -> Tensor:
    """(1, C, h, w) → same"""
    window, heads = WINDOWS[stage], HEADS[stage]
    tokens = x[0].permute(1, 2, 0)  # (h, w, C)
    h, w, c = tokens.shape
    padded = F.pad(tokens, (0, 0, 0, -w % window, 0, -h % window))
    attended = torch.empty_like(padded)
    for y in range(0, padded.shape[0], window):
        for z in range(0, padded.shape[1], window):
            part = (slice(y, y + window), slice(z, z + window))
            attended[part] = window_attention(padded[part], given, f"{block}.attn", heads)
    x = x + attended[:h, :w].permute(2, 0, 1)
    x = normed_convolution(x, given, f"{block}.local_conv")
    tokens = x[0].permute(1, 2, 0)
    normed = F.layer_norm(tokens, (c,), given[f"{block}.mlp.norm.weight"], given[f"{block}.mlp.norm.bias"])
    hidden = F.gelu(F.linear(normed, given[f"{block}.mlp.fc1.weight"], given[f"{block}.mlp.fc1.bias"]))
    out = F.linear(hidden, given[f"{block}.mlp.fc2.weight"], given[f"{block}.mlp.fc2.bias"])
    return x + out.permute(2, 0, 1)


def window_attention(x: Tensor, given: dict[str, Tensor], name: str, heads: int) -> Tensor:
    """(window, window, C) → same. Biases are numbered as pairs of places first show a distance."""
    side, _, c = x.shape
    normed = F.layer_norm(x, (c,), given[f"{name}.norm.weight"], given[f"{name}.norm.bias"])
    qkv = F.linear(normed, given[f"{name}.qkv.weight"], given[f"{name}.qkv.bias"]).reshape(
        side * side, heads, -1
    )
    places = [(y, z) for y in range(side) for z in range(side)]
    numbers: dict[tuple[int, int], int] = {}
    index = [
        [numbers.setdefault((abs(a - e), abs(b - f)), len(numbers)) for e, f in places] for a, b in places
    ]
    width = c // heads
    out = []
    for head in range(heads):
        queries, keys, values = qkv[:, head].split(width, 1)
        score = queries @ keys.T * width**-0.5 + given[f"{name}.attention_biases"][head][torch.tensor(index)]
        out.append(torch.softmax(score, 1) @ values)
    joined = torch.cat(out, 1).reshape(side, side, c)
    return F.linear(joined, given[f"{name}.proj.weight"], given[f"{name}.proj.bias"])
