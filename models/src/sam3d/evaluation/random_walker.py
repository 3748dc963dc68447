"""A baseline: the random walker (Grady 2006). Who starts in a voxel, and crosses edges of the image the less
readily the stronger they are, ends at an include click rather than at an exclude click or the border."""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from .image_graph import image_graph, intensities

BETA = 3000.0  # of a squared change of intensity, in an image in [0, 1]
LEAST_WEIGHT = 1e-6
TOLERANCE = 1e-3
MOST_STEPS = 2000


class RandomWalker:
    """cube (n, n, n) of raw intensities, inside (n, n, n) bool: which voxels lie in the volume"""

    def __init__(self, cube: np.ndarray, inside: np.ndarray) -> None:
        self.graph = image_graph(intensities(cube, inside), inside)
        weights = self.graph.matrix(np.exp(-BETA * self.graph.changes**2) + LEAST_WEIGHT)
        self.laplacian = sparse.csr_array(sparse.diags_array(weights.sum(0)) - weights)
        self.chances = np.zeros(self.graph.size)  # after the clicks so far: after the next they are near

    def __call__(self, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n), positive in the segment"""
        seeded = np.zeros(self.graph.size, bool)
        chances = self.chances
        nodes = self.graph.clicked(coords)
        seeds = [(self.graph.border(), 0.0)]
        seeds += list(zip(nodes, labels, strict=True))
        seeds += list(zip(nodes[:, :1], labels, strict=True))  # a click outweighs another's neighbourhood
        for there, chance in seeds:
            chances[there], seeded[there] = chance, True
        free = ~seeded
        rows = self.laplacian[free]
        system = rows[:, free]
        by_diagonal = sparse.diags_array(1 / system.diagonal())
        # Solved for the change: the tolerance is then relative to what the new click does.
        change, _ = cg(system, -(rows @ chances), rtol=TOLERANCE, maxiter=MOST_STEPS, M=by_diagonal)
        chances[free] += change
        return self.graph.values_of(chances - 0.5)
