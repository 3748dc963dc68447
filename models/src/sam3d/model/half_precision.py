"""Where the processor computes in bf16, and which cubes."""

import torch

HAS_BF16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()  # without it PyTorch's bf16 convolutions crawl
# oneDNN's bf16 weight gradients read uninitialised memory on grids of 2³, which a cube of 32 is halved to
SMALLEST_CUBE = 48


def autocast_of(cube: int, device_type: str = "cpu") -> torch.autocast:
    """bf16 where the processor has it and cubes of that edge can be learned from in it"""
    enabled = device_type != "cpu" or (HAS_BF16 and cube >= SMALLEST_CUBE)
    return torch.autocast(device_type, torch.bfloat16, enabled=enabled)
