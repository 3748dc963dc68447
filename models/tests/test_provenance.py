"""What a run leaves behind about itself."""

import json
from pathlib import Path

import torch

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
