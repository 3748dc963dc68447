"""The encoder that adapters are merged into, and the weights without what has no influence."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from conftest import ZOO
from sam3d.export.adaptable_encoder import export_adaptable_encoder, read_table, read_weights
from sam3d.export.export import WEIGHTS, save_weights
from sam3d.export.manifest import ADAPTABLE_GRAPH, ADAPTABLE_WEIGHTS
from sam3d.model.attention import GlobalContext
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.idle import is_idle, remove_idle_layers
from sam3d.model.image_encoder import ImageEncoder
from sam3d.model.sam3d import Sam3d
from sam3d.training.restored import restored

CUBE = 32
FEATURE_TOLERANCE = 1e-4  # float32 sums in another order


def image(cube: int = CUBE) -> torch.Tensor:
    return torch.rand(1, 2, cube, cube, cube, generator=torch.Generator().manual_seed(2)) * 2 - 1


def encoder_of_seed(seed: int) -> ImageEncoder:
    torch.manual_seed(seed)
    return ImageEncoder().eval()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[ImageEncoder, Path]:
    """Of an encoder of which every layer has learned something"""
    encoder, folder = encoder_of_seed(1), tmp_path_factory.mktemp("base")
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    remove_idle_layers(encoder)
    export_adaptable_encoder(encoder, CUBE, folder)
    return encoder, folder


def test_graph_equals_pytorch(exported: tuple[ImageEncoder, Path]) -> None:
    encoder, folder = exported
    session = onnxruntime.InferenceSession(str(folder / ADAPTABLE_GRAPH))
    found = session.run(list(Embeddings._fields), {"image": image().numpy()})
    with torch.no_grad():
        expected = encoder(image())
    for name, one, other in zip(Embeddings._fields, found, expected, strict=True):
        np.testing.assert_allclose(one, other.numpy(), atol=FEATURE_TOLERANCE, err_msg=name)


def test_every_weight_lies_where_the_table_says_by_the_name_training_knows(
    exported: tuple[ImageEncoder, Path],
) -> None:
    encoder, folder = exported
    weights = read_weights(folder)
    state = encoder.state_dict()
    assert weights.keys() == state.keys()
    assert any(name.startswith("context.blocks.0.attention.to_queries") for name in weights)
    for name, value in state.items():
        np.testing.assert_array_equal(weights[name], value.numpy())
    table = read_table(folder)
    assert sum(line.length for line in table) == (folder / ADAPTABLE_WEIGHTS).stat().st_size


def test_without_its_idle_layers_an_encoder_does_what_it_did() -> None:
    encoder = encoder_of_seed(3)
    with torch.no_grad():
        before = encoder(image())
        assert is_idle(encoder.context)
        remove_idle_layers(encoder)
        after = encoder(image())
    assert not any(isinstance(module, GlobalContext) for module in encoder.modules())
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_a_layer_that_has_learned_stays() -> None:
    encoder = encoder_of_seed(3)
    torch.nn.init.constant_(encoder.context.from_tokens.bias, 0.1)
    torch.nn.init.constant_(encoder.refine_quarter[0].conv2.weight, 0.1)
    remove_idle_layers(encoder)
    assert isinstance(encoder.context, GlobalContext)
    assert not isinstance(encoder.refine_quarter[0], torch.nn.Identity)
    assert isinstance(encoder.refine_eighth[0], torch.nn.Identity)


def test_saved_weights_leave_out_what_has_no_influence(tmp_path: Path) -> None:
    torch.manual_seed(5)
    model = Sam3d().eval()
    save_weights(model, {"average": model.state_dict()}, tmp_path / WEIGHTS)
    saved = torch.load(tmp_path / WEIGHTS, weights_only=True)
    assert not any(name.startswith("image_encoder.context.") for name in saved["average"])
    torch.manual_seed(6)  # what is left out begins anew, and without influence again
    again = restored(saved).eval()
    with torch.no_grad():
        one, other = model.encode(image()), again.encode(image())
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_shipped_one_is_the_shipped_weights() -> None:
    encoder = restored(torch.load(ZOO / WEIGHTS, weights_only=True)).image_encoder
    remove_idle_layers(encoder)
    weights = read_weights(ZOO)
    assert weights.keys() == encoder.state_dict().keys()
    for name, value in encoder.state_dict().items():
        np.testing.assert_array_equal(weights[name], value.numpy())
