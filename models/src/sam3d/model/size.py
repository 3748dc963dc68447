"""How large a model is: its encoder above all, since the decoder runs at every click. Others show in
ablations what a part of the model is worth."""

from dataclasses import dataclass, replace

from .feature_pyramid import FEATURES, FeatureChannels
from .prompt_encoder import CONNECTEDNESS_MAPS, SIMILARITY_MAPS, WALK_MAPS
from .tiny_vit.geometry import TINY_VIT_5M, TinyVitGeometry
from .vit.geometry import SAM_MED3D, VIT_B, VIT_H, VIT_L, VitGeometry


@dataclass(frozen=True)
class Size:
    half_channels: int
    quarter_channels: int
    quarter_blocks: int  # further ones, behind two
    eighth_channels: int
    eighth_blocks: int  # further ones, behind two
    sixteenth_channels: int
    sixteenth_blocks: int  # further ones, behind one
    token_channels: int  # of the transformer on the eighth grid
    token_heads: int
    token_blocks: int
    features: FeatureChannels = FEATURES
    decoder_blocks: int = 0  # further ones of the decoder, on two grids each
    silenced_maps: tuple[int, ...] = ()  # of the prompts, that the decoder is not told


TINY = Size(
    half_channels=16,
    quarter_channels=48,
    quarter_blocks=1,
    eighth_channels=96,
    eighth_blocks=2,
    sixteenth_channels=128,
    sixteenth_blocks=1,
    token_channels=128,
    token_heads=4,
    token_blocks=3,
)
NANO = Size(
    half_channels=8,
    quarter_channels=24,
    quarter_blocks=0,
    eighth_channels=64,
    eighth_blocks=0,
    sixteenth_channels=96,
    sixteenth_blocks=0,
    token_channels=64,
    token_heads=4,
    token_blocks=2,
)
SMALL = replace(
    TINY, half_channels=32, quarter_channels=64, quarter_blocks=2, eighth_blocks=3, decoder_blocks=2
)
BASE = Size(
    half_channels=32,
    quarter_channels=96,
    quarter_blocks=2,
    eighth_channels=192,
    eighth_blocks=3,
    sixteenth_channels=320,
    sixteenth_blocks=2,
    token_channels=384,
    token_heads=6,
    token_blocks=8,
)
TINY_NARROW = replace(TINY, features=FeatureChannels(8, 16, 32, 64))
TINY_WIDE = replace(TINY, features=FeatureChannels(24, 48, 96, 192))
TINY_WITHOUT_WALK = replace(TINY, silenced_maps=(*WALK_MAPS, *CONNECTEDNESS_MAPS))
TINY_WITHOUT_SIMILARITY = replace(TINY, silenced_maps=SIMILARITY_MAPS)
SIZES: dict[str, Size | VitGeometry | TinyVitGeometry] = {
    "nano": NANO,
    "tiny": TINY,
    "tiny_narrow": TINY_NARROW,
    "tiny_wide": TINY_WIDE,
    "tiny_without_walk": TINY_WITHOUT_WALK,
    "tiny_without_similarity": TINY_WITHOUT_SIMILARITY,
    "small": SMALL,
    "base": BASE,
    "vit_b": VIT_B,
    "vit_l": VIT_L,
    "vit_h": VIT_H,
    "mobile_sam": TINY_VIT_5M,
    "sam_med3d": SAM_MED3D,
}


def zoo_folder(size: str) -> str:
    """Of a model of that size: also its id, in which servers accept no underscore"""
    return f"sam3d-{size.replace('_', '-')}"
