"""A baseline: the random walker (Grady 2006). Who starts in a voxel, and crosses edges of the image the less
readily the stronger they are, ends at an include click rather than at an exclude click or the border; with a
prior (Grady 2005) who may at every step believe that instead, and stop."""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from .image_graph import image_graph, intensities

BETA = 3000.0  # of a squared change of intensity, in an image in [0, 1]
LEAST_WEIGHT = 1e-6
# Of believing the prior rather than going a step on: as much against a voxel's own edges everywhere, in
# noise, too. By it a click has the say over a ball of 8 voxels' radius, as far as the model sees it: some
# 20 edges' worth leads to the click, 6 from each of 2100 voxels to the prior, and 20 / (6 · 2100) is this.
PRIOR_CHANCE = 1 / 600
TOLERANCE = 1e-3
MOST_STEPS = 2000


class RandomWalker:
    """cube (n, n, n) of raw intensities, inside (n, n, n) bool: which voxels lie in the volume, prior
    (n, n, n): probability of the segment"""

    def __init__(self, cube: np.ndarray, inside: np.ndarray, prior: np.ndarray | None = None) -> None:
        self.graph = image_graph(intensities(cube, inside), inside)
        weights = self.graph.matrix(np.exp(-BETA * self.graph.changes**2) + LEAST_WEIGHT)
        degrees = weights.sum(0)
        trust = 0 if prior is None else PRIOR_CHANCE
        self.laplacian = sparse.csr_array(sparse.diags_array((1 + trust) * degrees) - weights)
        self.told = np.zeros(self.graph.size) if prior is None else trust * degrees * prior[inside]
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
        change, _ = cg(
            system, self.told[free] - rows @ chances, rtol=TOLERANCE, maxiter=MOST_STEPS, M=by_diagonal
        )
        chances[free] += change
        return self.graph.values_of(chances - 0.5)
