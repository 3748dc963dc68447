"""Arrays of which a job has too many for the memory: a CT of 600 slices takes 0.6 GB, a job has up to 256."""

from tempfile import TemporaryFile

import numpy as np

LARGE_BYTES = 32 * 2**20  # what is smaller stays where it is: each file is one of a process's thousand


def kept_on_disk(array: np.ndarray) -> np.ndarray:
    """The same, read-only, in a file without a name that ends with it: its pages are read where they are
    needed. In TMPDIR, else /tmp; where that has no room, it stays in memory."""
    if array.nbytes < LARGE_BYTES:
        return array
    try:
        with TemporaryFile() as file:
            np.ascontiguousarray(array).tofile(file)
            return np.asarray(np.memmap(file, array.dtype, "r", shape=array.shape))
    except OSError:
        return array
