"""Keeps a run's averaged weights for others to learn on, where no model is made of them to serve:
python -m sam3d.export.kept_base --checkpoint runs/sam3d_small/latest.pt --output bases/sam3d-small

In half precision; the run's provenance goes along.
"""

import argparse
import shutil
from pathlib import Path

import torch

from sam3d.training.checkpoint import size_of
from sam3d.training.restored import restored

from .export import WEIGHTS

PROVENANCE = "provenance.json"


def keep_base(checkpoint: Path, output: Path) -> None:
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    restored(state)  # raises where it is no model of ours
    output.mkdir(parents=True, exist_ok=True)
    average = {
        name: value.half() if value.is_floating_point() else value for name, value in state["average"].items()
    }
    kept = {"step": state["step"], "size": size_of(state), "adaptation": state.get("adaptation")}
    torch.save(kept | {"average": average}, output / WEIGHTS)
    shutil.copy(checkpoint.parent / PROVENANCE, output / PROVENANCE)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="its provenance lies beside it")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    keep_base(arguments.checkpoint, arguments.output)


if __name__ == "__main__":
    main()
