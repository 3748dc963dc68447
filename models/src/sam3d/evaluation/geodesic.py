"""A baseline: what is nearer to an include click than to an exclude click or the border, on paths through the
image that are the longer the more its intensity changes along them."""

import numpy as np
from scipy.sparse.csgraph import dijkstra

from .image_graph import image_graph, intensities

STEP_LENGTH = 0.001  # of an edge without a change of intensity; a change from black to white is 1


class Geodesic:
    """At half resolution. cube (n, n, n) of raw intensities, inside (n, n, n): what lies in the volume"""

    def __init__(self, cube: np.ndarray, inside: np.ndarray) -> None:
        share = halved(inside.astype(np.float32))
        values = intensities(cube, inside) * inside
        self.graph = image_graph(halved(values) / np.maximum(share, 1 / 8), share > 0)
        self.lengths = self.graph.matrix(self.graph.changes + STEP_LENGTH)

    def __call__(self, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n), positive in the segment"""
        nodes = self.graph.clicked((coords - 0.5) / 2)[:, 0]
        included, excluded = nodes[labels > 0.5], nodes[labels <= 0.5]
        nearer = self.distances(np.append(excluded, self.graph.border())) - self.distances(included)
        return doubled(self.graph.values_of(nearer))

    def distances(self, sources: np.ndarray) -> np.ndarray:
        return dijkstra(self.lengths, indices=np.unique(sources), min_only=True)


def halved(cube: np.ndarray) -> np.ndarray:
    """(n, n, n) → (n / 2, n / 2, n / 2), means"""
    half = cube.shape[0] // 2
    return cube.reshape(half, 2, half, 2, half, 2).mean((1, 3, 5))


def doubled(cube: np.ndarray) -> np.ndarray:
    """(n, n, n) → (2 n, 2 n, 2 n), linearly interpolated; even at the faces"""
    for axis in range(3):
        padded = np.pad(cube, [(int(a == axis),) * 2 for a in range(3)], mode="edge")
        n = padded.shape[axis]
        low, middle, high = (np.take(padded, range(s, n - 2 + s), axis) for s in range(3))
        pair = np.stack([0.75 * middle + 0.25 * low, 0.75 * middle + 0.25 * high], axis + 1)
        cube = pair.reshape(*cube.shape[:axis], -1, *cube.shape[axis + 1 :])
    return cube
