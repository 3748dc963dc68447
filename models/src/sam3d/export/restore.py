"""A zoo folder's weights as a checkpoint, to train on from it:

python -m sam3d.export.restore --model zoo/sam3d-tiny --output runs/restored

The graphs hold the weights under other names, in other shapes and orders. Where each number belongs follows
from exporting a model whose weights are numbered.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from sam3d.data.region import CUBE
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import save_checkpoint

LARGEST_NUMBER = 2**24  # float32 counts exactly up to it


def graph_weights(folder: Path) -> list[np.ndarray]:
    """Of all graphs, in the order in which they are stored"""
    graphs = [onnx.load(folder / name).graph for name in GRAPH_FILES.values()]
    return [numpy_helper.to_array(weight) for graph in graphs for weight in graph.initializer]


def numbered_weights() -> list[np.ndarray]:
    """As graph_weights, of a model whose parameters count through: the first 0, 1, …, the next goes on"""
    model, count = Sam3d(), 0
    with torch.no_grad():
        for parameter in model.parameters():
            numbers = torch.arange(count, count + parameter.numel(), dtype=torch.float32)
            parameter.copy_(numbers.reshape(parameter.shape))
            count += parameter.numel()
    assert count <= LARGEST_NUMBER
    with tempfile.TemporaryDirectory() as folder:
        export_graphs(model, CUBE, Path(folder))
        return graph_weights(Path(folder))


def restored(folder: Path) -> tuple[dict[str, Tensor], list[str]]:
    """→ a state of Sam3d, and the names of the parameters that the folder's graphs have in another shape:
    those begin anew. ValueError where the graphs are of another architecture"""
    stored, numbered = graph_weights(folder), numbered_weights()
    if len(stored) != len(numbered):
        raise ValueError(f"{folder} has {len(stored)} weight tensors, this architecture {len(numbered)}")
    model = Sam3d()
    flat = np.full(sum(p.numel() for p in model.parameters()), np.nan, np.float32)
    for values, numbers in zip(stored, numbered, strict=True):
        if values.shape == numbers.shape:
            flat[numbers.astype(np.int64)] = values
    state, anew, offset = model.state_dict(), [], 0
    for name, parameter in model.named_parameters():
        values = flat[offset : offset + parameter.numel()]
        offset += parameter.numel()
        if np.isnan(values).any():
            anew.append(name)
        else:
            state[name] = torch.from_numpy(values).reshape(parameter.shape).clone()
    return state, anew


def steps_of(provenance: dict[str, Any]) -> int:
    return sum(stage["steps"] for stage in provenance["config"]["stages"])


def restore(folder: Path, output: Path) -> list[str]:
    """Writes a checkpoint and its provenance → names of the parameters that begin anew"""
    torch.manual_seed(0)
    state, anew = restored(folder)
    output.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "provenance.json", output)
    provenance = json.loads((output / "provenance.json").read_text(encoding="utf-8"))
    save_checkpoint(output, {"step": steps_of(provenance), "average": state})
    return anew


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    anew = restore(arguments.model, arguments.output)
    print(f"Restored but for {', '.join(anew)}." if anew else "Restored.")


if __name__ == "__main__":
    main()
