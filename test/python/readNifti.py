"""Reads a gzipped NIfTI-1 image of labels by the field offsets of nifti1.h, and nothing of the product.

    python readNifti.py FILE

JSON on stdout: {"shape", "dtype", "units", "intent", "description", "comment", "qformCode", "sformCode",
"qform": 4x4 or null where its code is 0, "sform": 4x4, "voxels": [[i, j, k, label], ...]} in the order of k, j, i.
"""

import gzip
import json
import struct
import sys

import numpy as np

DTYPES = {2: "<u1", 512: "<u2"}
COMMENT = 6


def qform_of(header: bytes) -> list[list[float]]:
    """Method 2 of nifti1.h: quaternion, voxel sizes, offsets."""
    b, c, d = (float(value) for value in struct.unpack_from("<3f", header, 256))
    a = max(0.0, 1.0 - b * b - c * c - d * d) ** 0.5
    qfac, *sizes = struct.unpack_from("<4f", header, 76)
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ]
    )
    affine = np.eye(4)
    affine[:3, :3] = rotation * [sizes[0], sizes[1], sizes[2] * qfac]
    affine[:3, 3] = struct.unpack_from("<3f", header, 268)
    return affine.tolist()


def comment_of(content: bytes, offset: int) -> str:
    assert content[348] == 1
    size, code = struct.unpack_from("<2i", content, 352)
    assert size % 16 == 0 and code == COMMENT and 352 + size == offset
    return content[360 : 352 + size].rstrip(b"\0").decode("utf-8")


def main(path: str) -> None:
    with gzip.open(path) as file:
        content = file.read()
    assert struct.unpack_from("<i", content, 0) == (348,) and content[344:348] == b"n+1\0"
    rank, *sizes = struct.unpack_from("<8h", content, 40)
    assert rank == 3
    shape = sizes[:3]
    datatype, bits = struct.unpack_from("<2h", content, 70)
    dtype = np.dtype(DTYPES[datatype])
    assert dtype.itemsize * 8 == bits
    offset = int(struct.unpack_from("<f", content, 108)[0])
    labels = np.frombuffer(content, dtype, offset=offset)
    assert labels.size == np.prod(shape)
    labels = labels.reshape(shape[::-1])
    places = np.argwhere(labels)
    qform_code, sform_code = struct.unpack_from("<2h", content, 252)
    result = {
        "shape": list(shape),
        "dtype": dtype.name,
        "slope": struct.unpack_from("<2f", content, 112),
        "units": content[123],
        "intent": struct.unpack_from("<h", content, 68)[0],
        "description": content[148:228].rstrip(b"\0").decode("latin1"),
        "comment": comment_of(content, offset),
        "qformCode": qform_code,
        "sformCode": sform_code,
        "qform": qform_of(content) if qform_code else None,
        "sform": [*np.array(struct.unpack_from("<12f", content, 280)).reshape(3, 4).tolist(), [0, 0, 0, 1]],
        "voxels": [[*place[::-1].tolist(), int(labels[tuple(place)])] for place in places],
    }
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
