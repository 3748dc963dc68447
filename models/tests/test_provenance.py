"""What a run leaves behind about itself."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import torch

from sam3d.adaptation.package import code_version
from sam3d.training.provenance import initial_run


def test_names_every_run_back_to_the_first(tmp_path: Path) -> None:
    first = {"config": {"seed": 1}, "gitCommit": "a", "initial": None}
    second = {"config": {"seed": 2}, "gitCommit": "b", "initial": first}
    (tmp_path / "provenance.json").write_text(json.dumps(second), encoding="utf-8")
    torch.save({"step": 7}, tmp_path / "latest.pt")
    earlier = initial_run(tmp_path / "latest.pt")
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
