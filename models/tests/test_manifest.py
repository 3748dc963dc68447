"""A folder's manifest says which model it holds: servers, and every mask that is stored, repeat it."""

import json
from pathlib import Path

import pytest
import torch

from conftest import ZOO
from sam3d.checkpoints.families import FAMILIES
from sam3d.evaluation.zoom import ZoomPolicy
from sam3d.export.manifest import VERSION, manifest_of, model_id_of
from sam3d.export.onnx_graphs import GRAPH_FILES
from sam3d.model.size import zoo_folder
from sam3d.training.inflate import inflate
from sam3d.training.provenance import initial_run


def folder_of(place: Path, graph: bytes = b"graph") -> Path:
    place.mkdir()
    for name in GRAPH_FILES.values():
        (place / name).write_bytes(graph)
    return place


def test_a_model_has_the_id_of_its_folder() -> None:
    """Servers refuse another."""
    assert manifest_of(ZOO, ZoomPolicy())["id"] == ZOO.name


def test_another_model_is_not_called_by_the_shipped_ones_name(tmp_path: Path) -> None:
    manifest = manifest_of(folder_of(tmp_path / "sam3d-small"), ZoomPolicy())
    assert manifest["id"] == "sam3d-small"
    assert "small" in manifest["title"]
    assert manifest["version"] != VERSION


def test_the_version_of_a_model_that_was_not_released_tells_its_graphs(tmp_path: Path) -> None:
    one, other = (
        manifest_of(folder_of(tmp_path / name, name.encode()), ZoomPolicy())["version"] for name in "ab"
    )
    assert one != other


@pytest.mark.parametrize("name", ["sam3d-vit_b", "My model", "-", "a" * 65])
def test_a_folder_that_servers_do_not_accept_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        model_id_of(tmp_path / name)


@pytest.mark.parametrize("size", [family.size for family in FAMILIES])
def test_the_folders_that_checkpoints_are_told_to_go_to_are_accepted(size: str) -> None:
    assert model_id_of(Path("zoo") / zoo_folder(size)) == zoo_folder(size)


def test_published_weights_that_it_began_with_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sam3d.training.inflate.read_checkpoint", lambda _: {})
    monkeypatch.setattr("sam3d.training.inflate.base_weights", lambda *_: {})
    published = tmp_path / "medsam.pth"
    published.write_bytes(b"weights")
    inflate(published, "vit_b", tmp_path / "start")
    run = tmp_path / "run"
    run.mkdir()
    torch.save({"step": 1}, run / "latest.pt")
    config = {"config": {}, "gitCommit": "a", "initial": initial_run(tmp_path / "start" / "latest.pt", {})}
    (run / "provenance.json").write_text(json.dumps(config), encoding="utf-8")
    zoo = folder_of(tmp_path / "sam3d-vit-b")
    mixed = {"config": {}, "gitCommit": "b", "initial": [initial_run(run / "latest.pt", {})] * 2}
    (zoo / "provenance.json").write_text(json.dumps(mixed), encoding="utf-8")
    named = [line for line in manifest_of(zoo, ZoomPolicy())["attribution"] if "medsam.pth" in line]
    assert len(named) == 1
