"""SAM's image encoders (Kirillov et al. 2023) and that of SAM-Med3D (Wang et al. 2023), and what they become
here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VitGeometry:
    width: int  # channels of a token
    blocks: int
    heads: int
    global_blocks: tuple[int, ...]  # attend to the whole grid, the others to windows of it
    window: int = 14  # tokens a side
    image_patch: int = 16  # pixels a side, of the given weights
    image_grid: int = 64  # tokens a side, of the given weights
    patch: int = 8  # voxels a side
    depth_grid: int = 8  # positions along the depth that are learned; other grids interpolate
    adapter_channels: int = 64
    half_channels: int = 16  # of the stem
    quarter_channels: int = 48
    volumetric: bool = False  # the given weights are 3D, trained with windows that zeros fill


VIT_B = VitGeometry(width=768, blocks=12, heads=12, global_blocks=(2, 5, 8, 11))
VIT_L = VitGeometry(width=1024, blocks=24, heads=16, global_blocks=(5, 11, 17, 23))
VIT_H = VitGeometry(width=1280, blocks=32, heads=16, global_blocks=(7, 15, 23, 31))
# The released weights, called vit_b_ori there: cubes of 128 voxels.
SAM_MED3D = VitGeometry(
    width=768,
    blocks=12,
    heads=12,
    global_blocks=(2, 5, 8, 11),
    image_grid=8,
    patch=16,
    depth_grid=8,
    volumetric=True,
)
