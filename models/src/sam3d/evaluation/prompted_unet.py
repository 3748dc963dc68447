"""Plays the cases with a trained U-Net that sees prompts as channels, the baseline of equal cost:
python -m sam3d.evaluation.prompted_unet --checkpoint runs/prompted_unet/latest.pt

Its records do not depend on the model that it is compared with. They are kept in records/baselines/, with
what it was trained on, and join the tables of `evaluate`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sam3d.data.normalisation import normalise
from sam3d.data.volume_store import data_folder, read_entries
from sam3d.model.blocks import depth_to_space
from sam3d.model.box_prompts import PADDING
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.training.trainable import UNET

from .cases import load_case, select_cases
from .cube_session import Segment
from .engine import point_tensors
from .methods import PROMPTED_UNET
from .protocols import play_in_cube
from .records import BASELINES, record_of
from .zoom import ZoomPolicy

LOG = "prompted_unet.jsonl"
PASSED_OVER = (0, 4)  # patients a set: those of RESULTS.md, and the next


def trained_unet(checkpoint: Path) -> PromptedUnet:
    """With its averaged weights; raises ValueError where the checkpoint is of something else"""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if state["size"] != UNET:
        raise ValueError(f"{checkpoint} holds a model of size {state['size']}, not {UNET}")
    model = PromptedUnet()
    model.load_state_dict(state["average"])
    return model.eval()


class UnetSegment:
    """In one cube: every answer is told to the next."""

    def __init__(self, model: PromptedUnet, image: np.ndarray) -> None:
        """image (2, n, n, n), normalised"""
        self.model, self.image = model, torch.from_numpy(image)[None]
        self.previous: Tensor | None = None  # (1, 1, n, n, n)

    @torch.no_grad()
    def __call__(self, coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
        """coords (N, 3) voxel (i, j, k), labels (N,) → (n, n, n) logits"""
        points = point_tensors(coords, labels)
        known = self.previous is not None
        prompts = self.model.encode_prompts(
            self.image,
            torch.from_numpy(points["point_coords"]),
            torch.from_numpy(points["point_labels"]),
            torch.zeros(1, 1, 6),
            torch.full((1, 1), PADDING),
            self.previous if self.previous is not None else torch.zeros_like(self.image[:, :1]),
            torch.tensor([float(known)]),
        )
        self.previous = depth_to_space(self.model.decode_subvoxels(self.image, prompts).logits[:, 0])
        return self.previous[0, 0].numpy()


def segment_in(model: PromptedUnet, cube: np.ndarray, inside: np.ndarray) -> Segment:
    """cube (n, n, n) of raw intensities, inside (n, n, n) bool: which voxels lie in the volume"""
    return UnetSegment(model, normalise(cube, inside))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=BASELINES)
    arguments = parser.parse_args()
    model, policy = trained_unet(arguments.checkpoint), ZoomPolicy()
    arguments.output.mkdir(parents=True, exist_ok=True)
    with (arguments.output / LOG).open("w", encoding="utf-8") as lines:
        for passed_over in PASSED_OVER:
            for case in select_cases(read_entries(data_folder()), "dev", passed_over):
                volume, truth = load_case(case, data_folder())
                play = play_in_cube(partial(segment_in, model), policy, volume, truth, case.case_id)
                record = record_of(case, PROMPTED_UNET, play) | {"split": "dev", "passedOver": passed_over}
                lines.write(json.dumps(record) + "\n")
                print(case.case_id, *record["dice"], flush=True)
    shutil.copy(arguments.checkpoint.parent / "provenance.json", arguments.output / "prompted_unet.json")


if __name__ == "__main__":
    main()
