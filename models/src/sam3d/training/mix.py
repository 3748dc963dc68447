"""Mixes the averaged weights of two runs of which one began at the other's end:
python -m sam3d.training.mix --first runs/a/latest.pt --second runs/b/latest.pt --share 0.5 --run runs/mixed

What the second run learned and what it forgot lie along one line (Wortsman et al. 2022, robust fine-tuning).
"""

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor

from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES

from .checkpoint import LATEST, grown_state, size_of
from .provenance import git_commit, initial_run, said_of


def mixed(first: dict[str, Tensor], second: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """share: of the second"""
    grown = grown_state(first, second)
    return {name: torch.lerp(grown[name], value, share) for name, value in second.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first", type=Path, required=True, help="checkpoint, its provenance beside it")
    parser.add_argument("--second", type=Path, required=True)
    parser.add_argument("--share", type=float, required=True, help="of the second, 0 to 1")
    parser.add_argument("--run", type=Path, required=True, help="folder for the result")
    arguments = parser.parse_args()
    first, second = (
        torch.load(path, map_location="cpu", weights_only=True)
        for path in (arguments.first, arguments.second)
    )
    size = size_of(second)
    model = Sam3d(SIZES[size])
    grown = (grown_state(run["average"], model.state_dict()) for run in (first, second))
    average = mixed(*grown, arguments.share)
    model.load_state_dict(average)  # raises where it is no model of ours
    arguments.run.mkdir(parents=True, exist_ok=True)
    torch.save({"step": second["step"], "size": size, "average": average}, arguments.run / LATEST)
    paths = arguments.first, arguments.second
    data = {path: digest for one in paths for path, digest in said_of(one).get("data", {}).items()}
    provenance = {
        "config": {"mixedShareOfSecond": arguments.share},
        "gitCommit": git_commit(),
        "initial": [initial_run(path, data) for path in paths],
        "data": data,
    }
    (arguments.run / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
