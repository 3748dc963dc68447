"""A cube of an image as a graph: the nodes are voxels, the edges join six-connected neighbours."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from sam3d.data.normalisation import normalise

FACE_NEIGHBOURS = np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)])


class ImageGraph(NamedTuple):
    nodes: np.ndarray  # (n, n, n): the node of each voxel, -1 outside the volume
    edges: np.ndarray  # (2, m) nodes
    changes: np.ndarray  # (m,) of intensity along each edge, 0 to 1

    @property
    def size(self) -> int:
        return int(self.nodes.max()) + 1

    def matrix(self, values: np.ndarray) -> sparse.csr_array:
        """values (m,), one an edge → (nodes, nodes), symmetric"""
        half = sparse.csr_array((values, tuple(self.edges)), (self.size, self.size))
        return half + half.T

    def corners(self) -> tuple[np.ndarray, np.ndarray]:
        """The nodes' voxels fill a box, since cube and volume are boxes: its corners (k, j, i), inclusive"""
        known = np.argwhere(self.nodes >= 0)
        return known.min(0), known.max(0)

    def border(self) -> np.ndarray:
        """Nodes on the cube's faces; where the cube holds the whole volume, on the volume's faces"""
        of_cube = self.nodes[faces(self.nodes.shape)]
        if np.any(of_cube >= 0):
            return of_cube[of_cube >= 0]
        low, high = self.corners()
        known = self.nodes[tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))]
        return known[faces(known.shape)]

    def clicked(self, coords: np.ndarray) -> np.ndarray:
        """coords (N, 3) voxel (i, j, k) → (N, 7): the node clicked, or nearest to it, and its neighbours; the
        node itself again where there is no neighbour"""
        low, high = self.corners()
        voxels = np.clip(np.floor(coords[:, ::-1] + 0.5).astype(int), low, high)
        around = voxels[:, None] + np.concatenate([np.zeros((1, 3), int), FACE_NEIGHBOURS])
        exists = np.all((around >= low) & (around <= high), axis=2, keepdims=True)
        return self.nodes[tuple(np.moveaxis(np.where(exists, around, voxels[:, None]), 2, 0))]

    def values_of(self, of_nodes: np.ndarray) -> np.ndarray:
        """(nodes,) → (n, n, n), 0 outside the volume"""
        return np.where(self.nodes >= 0, of_nodes[self.nodes], 0).astype(np.float32)


def faces(shape: tuple[int, ...]) -> np.ndarray:
    """→ bool: the outermost voxels"""
    outer = np.ones(shape, bool)
    outer[1:-1, 1:-1, 1:-1] = False
    return outer


def image_graph(image: np.ndarray, inside: np.ndarray) -> ImageGraph:
    """image (n, n, n) in [0, 1], inside (n, n, n) bool: which voxels lie in the volume"""
    nodes = np.full(inside.shape, -1)
    nodes[inside] = np.arange(np.count_nonzero(inside))
    edges, changes = [], []
    for axis in range(3):
        along, values = np.moveaxis(nodes, axis, 0), np.moveaxis(image, axis, 0)
        exists = (along[:-1] >= 0) & (along[1:] >= 0)
        edges.append(np.stack([along[:-1][exists], along[1:][exists]]))
        changes.append(np.abs(values[1:] - values[:-1])[exists])
    return ImageGraph(nodes, np.concatenate(edges, 1), np.concatenate(changes))


def intensities(cube: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Raw intensities (n, n, n) → [0, 1], by that of the model's windows which the cube's middle decides: the
    other one has little contrast left for soft tissue beside air and bone"""
    return (normalise(cube, inside)[1] + 1) / 2
