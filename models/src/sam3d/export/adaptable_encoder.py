"""The image encoder as adapters are merged into it: float32, its weights in a file of their own, by name.

python -m sam3d.export.adaptable_encoder --zoo zoo/sam3d-tiny
"""

import argparse
import json
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import torch
from onnx.external_data_helper import set_external_data
from torch import nn

from sam3d.data.region import CUBE
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.idle import remove_idle_layers
from sam3d.training.restored import restored

from .manifest import ADAPTABLE_GRAPH, ADAPTABLE_TABLE, ADAPTABLE_WEIGHTS, write_manifest
from .onnx_graphs import OPSET


class Initializer(NamedTuple):
    """A line of the table: where a weight lies in the file, little-endian float32"""

    name: str  # of the parameter, in the image encoder
    shape: list[int]
    offset: int  # bytes
    length: int


def export_adaptable_encoder(encoder: nn.Module, cube: int, folder: Path) -> None:
    """Writes graph, weights and table; encoder without adapters."""
    encoder.eval()
    parameters = {name: value.detach().float().numpy() for name, value in encoder.named_parameters()}
    with tempfile.TemporaryDirectory() as exported, torch.no_grad():
        path = Path(exported) / ADAPTABLE_GRAPH
        torch.onnx.export(
            with_distinct_weights(encoder),
            (torch.zeros(1, 2, cube, cube, cube),),
            str(path),
            input_names=["image"],
            output_names=list(Embeddings._fields),
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=False,  # weights stay what training knows them as
        )
        model = onnx.load(path)
    table: list[Initializer] = []
    offset = 0
    with (folder / ADAPTABLE_WEIGHTS).open("wb") as weights:
        for tensor in model.graph.initializer:
            if tensor.name not in parameters:
                continue
            data = parameters[tensor.name].astype("<f4").tobytes()
            table.append(Initializer(tensor.name, list(tensor.dims), offset, len(data)))
            tensor.raw_data = data
            set_external_data(tensor, ADAPTABLE_WEIGHTS, offset, len(data))
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            weights.write(data)
            offset += len(data)
    missing = parameters.keys() - {line.name for line in table}
    if missing:
        raise ValueError(f"the graph has lost the names of {', '.join(sorted(missing))}")
    (folder / ADAPTABLE_GRAPH).write_bytes(model.SerializeToString())
    lines = ",\n".join(json.dumps(line._asdict()) for line in table)
    (folder / ADAPTABLE_TABLE).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


@torch.no_grad()
def with_distinct_weights(encoder: nn.Module) -> nn.Module:
    """A copy whose graph has a name for each weight: the exporter makes one of those that are equal, as those
    are that begin as 0 or 1 and have not learned."""
    result = deepcopy(encoder)
    generator = torch.Generator().manual_seed(0)
    for parameter in result.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return result


def read_table(folder: Path) -> list[Initializer]:
    return [
        Initializer(**line) for line in json.loads((folder / ADAPTABLE_TABLE).read_text(encoding="utf-8"))
    ]


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """By name, of its shape"""
    data = (folder / ADAPTABLE_WEIGHTS).read_bytes()
    return {
        line.name: np.frombuffer(data, "<f4", line.length // 4, line.offset).reshape(line.shape)
        for line in read_table(folder)
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--zoo", type=Path, required=True, help="folder with weights.pt")
    folder = parser.parse_args().zoo
    model = restored(torch.load(folder / "weights.pt", map_location="cpu", weights_only=True))
    remove_idle_layers(model.image_encoder)
    export_adaptable_encoder(model.image_encoder, CUBE, folder)
    write_manifest(folder, ZoomPolicy())


if __name__ == "__main__":
    main()
