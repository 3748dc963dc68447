"""Cells of the query ask the tokens of the exemplars that look like them and lie at a similar place."""

import numpy as np

CHUNK = 512  # cells at once


def attended(
    places: np.ndarray,
    read: np.ndarray,
    token_places: np.ndarray,
    token_read: np.ndarray,
    token_share: np.ndarray,
    place_sigma: float,
    likeness: float,
) -> np.ndarray:
    """How much of each cell the structure fills: kernel regression over the tokens.

    places (c, 3), token_places (m, 3): in units of the structure's side, from its centre; read (c, t),
    token_read (m, t): what the features say, in units of its error; token_share (m,) → (c,) in [0, 1]
    """
    scale = np.concatenate([np.full(3, 1 / place_sigma), np.full(read.shape[1], np.sqrt(likeness))]).astype(
        np.float32
    )
    keys = np.concatenate([token_places, token_read], 1).astype(np.float32) * scale
    queries = np.concatenate([places, read], 1).astype(np.float32) * scale
    half = (keys * keys).sum(1) / 2
    found = np.zeros(len(queries), np.float32)
    for start in range(0, len(queries), CHUNK):
        logits = queries[start : start + CHUNK] @ keys.T - half
        weights = np.exp(logits - logits.max(1, keepdims=True))
        found[start : start + CHUNK] = weights @ token_share / weights.sum(1)
    return found
