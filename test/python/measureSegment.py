"""Measures one segment by other means than the product: scipy's hull, all pairs of corners, a linear programme.

    python measureSegment.py FILE

FILE: JSON {"ijkToLps": 16 numbers, row-major, "voxels": [[i, j, k, value in modality units], ...]}.
JSON on stdout: {"volumeMl", "longestMm", "perpendicularMm", "mean", "standardDeviation", "minimum", "maximum"}.
"""

import json
import sys

import numpy as np
from scipy.optimize import linprog
from scipy.spatial import ConvexHull
from scipy.spatial.distance import pdist, squareform

CORNERS = np.array([[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]])


def outline_lps(indices: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Corners of the convex hull, in LPS, of the voxels (n, 3) of one slice."""
    corners = np.unique((indices[:, None, :2] + CORNERS).reshape(-1, 2), axis=0)
    hull = corners[ConvexHull(corners).vertices]
    homogeneous = np.column_stack([hull, np.full(len(hull), indices[0, 2]), np.ones(len(hull))])
    return (homogeneous @ affine.T)[:, :3]


def longest_chord(hull: np.ndarray, along: np.ndarray, across: np.ndarray) -> float:
    """Of two points in the hull at the same place `along` a line, the largest distance `across` it."""
    n = len(hull)
    found = linprog(
        -np.concatenate([hull @ across, -(hull @ across)]),
        A_eq=np.stack(
            [
                np.concatenate([np.ones(n), np.zeros(n)]),
                np.concatenate([np.zeros(n), np.ones(n)]),
                np.concatenate([hull @ along, -(hull @ along)]),
            ]
        ),
        b_eq=[1, 1, 0],
    )
    return float(-found.fun)


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        given = json.load(file)
    affine = np.array(given["ijkToLps"]).reshape(4, 4)
    table = np.array(given["voxels"])
    indices, values = table[:, :3], table[:, 3]
    normal = np.cross(affine[:3, 0], affine[:3, 1])
    normal /= np.linalg.norm(normal)
    longest = (0.0, 0.0)
    for k in np.unique(indices[:, 2]):
        hull = outline_lps(indices[indices[:, 2] == k], affine)
        distances = squareform(pdist(hull))
        first, second = np.unravel_index(distances.argmax(), distances.shape)
        length = float(distances[first, second])
        if length > longest[0] + 1e-9:
            along = (hull[second] - hull[first]) / length
            longest = (length, longest_chord(hull, along, np.cross(normal, along)))
    result = {
        "volumeMl": len(values) * abs(float(np.linalg.det(affine[:3, :3]))) / 1000,
        "longestMm": longest[0],
        "perpendicularMm": longest[1],
        "mean": float(values.mean()),
        "standardDeviation": float(values.std()),
        "minimum": float(values.min()),
        "maximum": float(values.max()),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
