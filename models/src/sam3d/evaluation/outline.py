"""The outline of an area of pixels, along their edges."""

import numpy as np

# Of each side of a pixel (a, b): the neighbour beyond it, the corner where it begins, and its direction.
SIDES = (
    ((-1, 0), (0, 0), (0, 1)),
    ((0, 1), (0, 1), (1, 0)),
    ((1, 0), (1, 1), (0, -1)),
    ((0, -1), (1, 0), (-1, 0)),
)


def outer_outline(area: np.ndarray) -> np.ndarray:
    """area (A, B) bool, one 4-connected piece, not empty → (m, 2) its corners, from edge to edge, as pixel
    indices (a, b), centres at integers; holes are not left out"""
    padded = np.pad(area, 1)
    leaving: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for (da, db), corner, direction in SIDES:
        beyond = np.roll(padded, (-da, -db), (0, 1))
        for pixel in np.argwhere(padded & ~beyond) - 1:
            a, b = (pixel + corner).tolist()
            leaving.setdefault((a, b), []).append(direction)
    start = min(leaving)  # the topmost pixel's corner: never one of a hole
    corner, direction, corners = start, (0, 1), [start]
    while True:
        corner = (corner[0] + direction[0], corner[1] + direction[1])
        if corner == start:
            return np.array(corners) - 0.5
        corners.append(corner)
        # Where pixels touch at a corner alone, the sharper turn stays with the pixel.
        inward = (direction[1], -direction[0])
        direction = inward if inward in leaving[corner] else leaving[corner][0]
