"""Blocks against their definition."""

import pytest
import torch

from sam3d.model.attention import GlobalContext
from sam3d.model.blocks import PointwiseConv, RefiningBlock, UpConv, depth_to_space, space_to_depth


def cubes(channels: int, side: int) -> torch.Tensor:
    return torch.randn(2, channels, side, side + 2, side + 4, generator=torch.Generator().manual_seed(2))


def test_subvoxels_become_channels_k_first() -> None:
    x = cubes(3, 4)
    deep = space_to_depth(x)
    assert deep.shape == (2, 24, 2, 3, 4)
    for channel in range(3):
        for k, j, i in ((0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 1)):
            assert torch.equal(deep[:, 8 * channel + 4 * k + 2 * j + i], x[:, channel, k::2, j::2, i::2])


def test_depth_to_space_is_the_inverse() -> None:
    x = cubes(3, 4)
    assert torch.equal(depth_to_space(space_to_depth(x)), x)


def test_up_conv_is_a_transposed_convolution() -> None:
    torch.manual_seed(1)
    up, x = UpConv(5, 3), cubes(5, 2)
    kernel, bias = up.to_subvoxels.weight, up.to_subvoxels.bias
    assert bias is not None
    bias.data = bias.data[::8].repeat_interleave(8)  # those of one voxel's parts may differ
    transposed = torch.nn.ConvTranspose3d(5, 3, 2, 2)
    transposed.weight.data = kernel.data.reshape(3, 2, 2, 2, 5).permute(4, 0, 1, 2, 3)
    transposed.bias.data = bias.data[::8]
    torch.testing.assert_close(up(x), transposed(x))


def test_pointwise_convolution_is_one_of_kernel_one() -> None:
    pointwise, plain, x = PointwiseConv(5, 3, gain=4.0), torch.nn.Conv3d(5, 3, 1), cubes(5, 4)
    plain.load_state_dict({name: 4 * value for name, value in pointwise.state_dict().items()})
    torch.testing.assert_close(pointwise(x), plain(x))


@pytest.mark.parametrize("block", [RefiningBlock(16), GlobalContext(16, 8, 2, 2)], ids=["block", "context"])
def test_what_makes_a_model_deeper_begins_as_the_identity(block: torch.nn.Module) -> None:
    x = cubes(16, 4)
    assert torch.equal(block(x), x)


def test_context_reaches_from_one_corner_to_the_other() -> None:
    torch.manual_seed(1)
    context, x = GlobalContext(16, 8, 2, 1), cubes(16, 8)
    torch.nn.init.normal_(context.from_tokens.weight)
    changed = x.clone()
    changed[:, 0, 0, 0, 0] += 1  # to all channels alike, the normalisation would not see it
    moved = (context(changed) - context(x)).abs().amax(1)
    assert bool((moved[:, -1, -1, -1] > 0).all())
