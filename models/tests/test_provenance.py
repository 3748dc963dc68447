"""What a run leaves behind about itself."""

import json
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
import torch

from conftest import MODELS
from sam3d.adaptation.package import code_version
from sam3d.model.sam3d import Sam3d
from sam3d.training import mix, provenance
from sam3d.training.config import read_config
from sam3d.training.provenance import initial_run, write_provenance

CONFIG = read_config(MODELS / "configs" / "smoke.yaml")


def run_of(folder: Path, **said: Any) -> Path:
    """→ its checkpoint"""
    folder.mkdir()
    content = {"config": {}, "gitCommit": "a", "initial": None} | said
    (folder / "provenance.json").write_text(json.dumps(content), encoding="utf-8")
    torch.save({"step": 7, "size": "tiny", "average": Sam3d().state_dict()}, folder / "latest.pt")
    return folder / "latest.pt"


def entry_of(folder: Path, name: str) -> dict[str, Any]:
    (folder / name).write_text(name, encoding="utf-8")
    return {"image": name, "label": None}


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_names_every_run_back_to_the_first(tmp_path: Path) -> None:
    first = {"config": {"seed": 1}, "gitCommit": "a", "initial": None}
    second = {"config": {"seed": 2}, "gitCommit": "b", "initial": first}
    (tmp_path / "provenance.json").write_text(json.dumps(second), encoding="utf-8")
    torch.save({"step": 7}, tmp_path / "latest.pt")
    earlier = initial_run(tmp_path / "latest.pt", {})
    assert earlier["steps"] == 7
    assert earlier["config"] == {"seed": 2}
    assert earlier["initial"] == first


def test_a_package_says_what_it_can_of_the_code_that_made_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that train have what training needs, and may have neither git nor an installed package."""

    def not_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setenv("PATH", "")
    assert code_version().endswith(" (unknown)")
    monkeypatch.setattr("sam3d.adaptation.package.version", not_installed)
    assert code_version() == "unknown (unknown)"


def test_what_an_earlier_run_alone_has_read_stays_known(tmp_path: Path) -> None:
    """Weights keep what they have learned, whatever is left out later."""
    entries = [entry_of(tmp_path, "kept.nii")]
    path = tmp_path / "provenance.json"
    write_provenance(path, CONFIG, entries, tmp_path, None)
    kept = read(path)["data"]
    earlier = run_of(tmp_path / "earlier", data=kept | {"withdrawn.nii": "1"})
    write_provenance(path, CONFIG, entries, tmp_path, earlier)
    found = read(path)
    assert found["data"] == kept
    assert found["initial"]["furtherData"] == {"withdrawn.nii": "1"}
    same = run_of(tmp_path / "same", data=kept)
    write_provenance(path, CONFIG, entries, tmp_path, same)
    assert "furtherData" not in read(path)["initial"]


def test_a_mixture_has_read_what_either_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_of(tmp_path / "first", data={"a": "1", "b": "2"})
    second = run_of(tmp_path / "second", data={"a": "other"})
    published = run_of(tmp_path / "published")
    for one, other in ((first, second), (first, published)):
        words = [
            "--first",
            str(one),
            "--second",
            str(other),
            "--share",
            "0.5",
            "--run",
            str(tmp_path / "run"),
        ]
        monkeypatch.setattr(sys, "argv", ["mix", *words])
        mix.main()
        found = read(tmp_path / "run" / "provenance.json")
        assert found["data"].keys() == {"a", "b"}
        known = [found["data"], *(run.get("furtherData", {}) for run in found["initial"])]
        assert ("a", "1") in [item for data in known for item in data.items()]


def test_a_run_that_goes_on_says_which_code_it_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "provenance.json"
    for commit in ("first", "first", "second", "third"):
        monkeypatch.setattr(provenance, "git_commit", lambda commit=commit: commit)
        write_provenance(path, CONFIG, [], tmp_path, None)
        (tmp_path / "latest.pt").touch()
    assert read(path)["gitCommit"] == "third"
    assert read(path)["earlierCommits"] == ["first", "second"]


def test_the_time_that_a_run_has_is_a_setting(tmp_path: Path) -> None:
    """By it the learning rate falls, and the run ends."""
    path = tmp_path / "provenance.json"
    write_provenance(path, CONFIG, [], tmp_path, None, within_s=355)
    assert read(path)["withinS"] == 355
    (tmp_path / "latest.pt").touch()
    with pytest.raises(ValueError, match="of other withinS: choose another"):
        write_provenance(path, CONFIG, [], tmp_path, None, within_s=600)


def test_a_run_does_not_go_on_from_published_weights_in_its_folder(tmp_path: Path) -> None:
    folder = run_of(tmp_path / "published").parent
    with pytest.raises(ValueError, match="choose another"):
        write_provenance(folder / "provenance.json", CONFIG, [], tmp_path, None)
