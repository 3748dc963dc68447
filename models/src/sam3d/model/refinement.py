"""Moves a mask's border onto the image's edges: a random walker with the model's probability as prior (Grady
2005), where the model is unsure. The server's TypeScript mirrors it."""

from dataclasses import dataclass

import numpy as np

LARGEST_BAND = 1 / 8  # of the region's voxels: a model that is unsure of more has no border to move
SURE_LOGIT = 4.0  # what the model is as sure of stays as it is
LEAST_PASSAGE = 1e-3
USUAL_FLOOR = 1e-4  # of a squared step of intensity, in an image in [-1, 1]
PROBABILITY_LIMIT = 1e-3  # certainty beyond it says nothing more


@dataclass(frozen=True)
class Refinement:
    steps: int = 20  # of Jacobi's method
    prior_weight: float = 0.1  # of the model's probability, against one neighbour of equal intensity
    contrast: float = 5.0  # a neighbour has exp(-contrast) of its say across the usual squared step


def refined_logits(
    refinement: Refinement, logits: np.ndarray, image: np.ndarray, coords: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """logits (n, n, n), image (C, n, n, n), coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n)"""
    shape = logits.shape
    result = as_clicked(logits, coords, labels).ravel()
    band = np.flatnonzero(np.abs(result) < SURE_LOGIT)
    if band.size > LARGEST_BAND * result.size:
        return result.reshape(shape)
    probability = (result > 0).astype(np.float32)
    probability[band] = 1 / (1 + np.exp(-result[band]))
    neighbours, exists = neighbours_of(band, shape)  # (6, m) each
    values = image.reshape(image.shape[0], -1)
    squares = ((values[:, neighbours] - values[:, band][:, None]) ** 2).sum(0)
    usual = np.float32(squares[exists].mean() if exists.any() else 0) + np.float32(USUAL_FLOOR)
    passages = exists * (
        np.exp(np.float32(-refinement.contrast) * squares / usual) + np.float32(LEAST_PASSAGE)
    )
    weight = np.float32(refinement.prior_weight)
    prior, total = weight * probability[band], passages.sum(0) + weight
    for _ in range(refinement.steps):
        probability[band] = (prior + (passages * probability[neighbours]).sum(0)) / total
    certain = np.clip(probability[band], PROBABILITY_LIMIT, 1 - PROBABILITY_LIMIT)
    result[band] = np.log(certain / (1 - certain))
    return result.reshape(shape)


def as_clicked(logits: np.ndarray, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Clicked voxels are as the reader wants them; (n, n, n) → same, float32"""
    result = logits.astype(np.float32).ravel()
    result[clicked_voxels(coords, logits.shape)] = np.where(labels > 0.5, SURE_LOGIT, -SURE_LOGIT)
    return result.reshape(logits.shape)


def clicked_voxels(coords: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Flat indices; clicks beyond the region count for the nearest voxel, those half-way for the next."""
    voxels = np.clip(np.floor(coords + 0.5).astype(int)[:, ::-1], 0, np.array(shape) - 1)
    return np.ravel_multi_index(tuple(voxels.T), shape)


def neighbours_of(band: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Flat indices (6, m), and which of them exist; those that do not are the voxel itself."""
    strides = (shape[1] * shape[2], shape[2], 1)
    places = np.unravel_index(band, shape)
    exists = np.stack(
        [bound for place, n in zip(places, shape, strict=True) for bound in (place > 0, place < n - 1)]
    )
    steps = np.array([step for stride in strides for step in (-stride, stride)])
    return band + steps[:, None] * exists, exists
