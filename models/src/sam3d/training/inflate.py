"""Published weights of an image encoder → a checkpoint to start a run of that size from:
python -m sam3d.training.inflate --checkpoint sam_vit_b_01ec64.pth --size vit_b --run runs/vit_b
python -m sam3d.training.train --config … --size vit_b --initial runs/vit_b/latest.pt

`python -m sam3d.identify` says which size a file is.
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch

from sam3d.checkpoints.base_weights import GIVEN_SIZES, base_weights
from sam3d.checkpoints.read import read_checkpoint

from .checkpoint import LATEST
from .provenance import git_commit


def inflate(checkpoint: Path, size: str, run: Path) -> None:
    """Raises ValueError where the file is not of that size."""
    frozen = base_weights(read_checkpoint(checkpoint), size)
    run.mkdir(parents=True, exist_ok=True)
    average = {f"image_encoder.{name}": value for name, value in frozen.items()}
    torch.save({"step": 0, "size": size, "average": average}, run / LATEST)
    provenance = {
        "config": {"size": size},
        "gitCommit": git_commit(),
        "initial": {"file": checkpoint.name, "sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest()},
    }
    (run / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="as published, of the same size")
    parser.add_argument("--size", choices=GIVEN_SIZES, required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder for the result")
    arguments = parser.parse_args()
    inflate(arguments.checkpoint, arguments.size, arguments.run)


if __name__ == "__main__":
    main()
