"""Numbers of the method, chosen on patients of the training split; the server's are the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LikenessSettings:
    fit_factor: float = 1.5  # a region's side ≥ this × the structure's largest side
    finest_voxel_share: float = 0.75  # of the image's voxels: a closer look shows nothing further
    reach: float = 0.25  # of the structure's side: tokens lie so far around its mask
    tokens: int = 4800  # of all exemplars together
    tokens_of_exemplar: int = 1200
    ridge: float = 0.3  # of the features' variance
    place_sigma: float = 0.1  # of the structure's side: how far a token is asked
    likeness: float = 2.0  # weight of what the features say against the place
    prior_share: float = 0.5  # of the exemplars' masks, put in place, against the tokens
    decoder_share: float = 0.5  # of the mask decoder's answer
    usual_spread: float = 0.1  # of the volume's extent: how far the relative place of one exemplar may be off
    likely_step: float = 0.1  # of correlation: so much more is e times as likely a place


SETTINGS = LikenessSettings()
