"""MobileSAM's image encoder (Zhang et al. 2023): a TinyViT (Wu et al. 2022)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    width: int  # channels of a token
    blocks: int
    heads: int = 0  # 0: convolutions instead of attention
    window: int = 0  # tokens a side
    halves: bool = True  # the grid of the next stage


@dataclass(frozen=True)
class TinyVitGeometry:
    stages: tuple[Stage, ...]  # the first two end on the quarter's and the eighth's grid, the others beyond
    adapter_channels: int = 32
    half_channels: int = 16  # of the stem
    quarter_channels: int = 48


TINY_VIT_5M = TinyVitGeometry(
    (
        Stage(width=64, blocks=2),
        Stage(width=128, blocks=2, heads=4, window=7),
        Stage(width=160, blocks=6, heads=5, window=14, halves=False),
        Stage(width=320, blocks=2, heads=10, window=7),
    )
)
