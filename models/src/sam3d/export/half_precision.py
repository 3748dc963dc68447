"""Graphs in 16-bit floats: half the size, for accelerators that compute in them.

Inputs and outputs stay float32, and so do prompts, which are exact maps.
"""

import shutil
from collections.abc import Collection
from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

from .onnx_graphs import GRAPH_FILES
from .quantise import QUANTISED


def halve_graphs(source: Path, target: Path, wanted: Collection[str] = tuple(GRAPH_FILES)) -> None:
    """Folders of graphs; of those wanted, what is quantised in 8-bit graphs is halved"""
    for key in wanted:
        name = GRAPH_FILES[key]
        if key in QUANTISED:
            halved = convert_float_to_float16(onnx.load(source / name), keep_io_types=True)
            onnx.save(halved, target / name)
        else:
            shutil.copy(source / name, target)
