"""Promptable 3D segmentation: click in, mask out. Arrays are k-j-i, points are (i, j, k)."""
