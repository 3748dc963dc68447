"""Makes a trained model's decoder wider, without changing what it answers:
python -m sam3d.training.widen --checkpoint zoo/sam3d-tiny/weights.pt --size tiny_wide --run runs/widened

Further channels stand behind those there are and have no say in them at first (after Net2Net, Chen et al.
2016): norms are of groups of channels, so that old groups stay as they were. `train --initial` goes on from
it.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor

from sam3d.model.mask_decoder import HYPOTHESES, IOU_STATISTICS
from sam3d.model.prompt_encoder import BOX_PROMPT_MAPS, HALF_MAPS
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES, Size

from .checkpoint import LATEST, size_of
from .provenance import git_commit, initial_run, said_of
from .restored import restored

Segments = tuple[tuple[int, int], ...]  # of inputs that stand one behind the other: old and new width


def joined_inputs(old: Size, new: Size) -> dict[str, Segments]:
    """Of the layers whose inputs are several kinds of features"""
    half = old.features.half, new.features.half
    eighth = old.features.eighth, new.features.eighth
    maps, boxes = (HALF_MAPS, HALF_MAPS), (BOX_PROMPT_MAPS, BOX_PROMPT_MAPS)
    rest = IOU_STATISTICS + HYPOTHESES + BOX_PROMPT_MAPS
    return {
        "mask_decoder.to_logits.weight": (half, maps, boxes),
        "mask_decoder.iou_head.hidden.weight": (half, maps, half, maps, eighth, (rest, rest), eighth),
    }


def widened(value: Tensor, target: Tensor, segments: Segments) -> Tensor:
    """value: a layer's weights, target: those of a wider one as it begins → the wider one, doing the same"""
    result = target.clone()
    outputs = len(value)
    if value.dim() == 1:
        result[:outputs] = value
        return result
    result[:outputs] = 0
    old_at = new_at = 0
    for old, new in segments:
        result[:outputs, new_at : new_at + old] = value[:, old_at : old_at + old]
        old_at, new_at = old_at + old, new_at + new
    return result


def widened_model(model: Sam3d, old: Size, new: Size) -> Sam3d:
    """Raises ValueError where the sizes differ in more than the features' width."""
    wide = Sam3d(new)
    state, wanted = model.state_dict(), wide.state_dict()
    if state.keys() != wanted.keys():
        raise ValueError("the wider model has other layers")
    joined = joined_inputs(old, new)
    result = {}
    for name, value in state.items():
        target = wanted[name]
        inputs = (value.shape[1], target.shape[1]) if value.dim() > 1 else (0, 0)
        if value.shape[2:] != target.shape[2:] or len(value) > len(target) or inputs[0] > inputs[1]:
            raise ValueError(f"{name}: {tuple(value.shape)} cannot become {tuple(target.shape)}")
        result[name] = widened(value, target, joined.get(name, (inputs,)))
    wide.load_state_dict(result)
    return wide


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="its provenance lies beside it")
    parser.add_argument("--size", required=True, choices=[n for n, s in SIZES.items() if isinstance(s, Size)])
    parser.add_argument("--run", type=Path, required=True, help="folder for the result")
    parser.add_argument("--seed", type=int, default=0, help="of the further channels")
    arguments = parser.parse_args()
    state = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
    old, new = SIZES[size_of(state)], SIZES[arguments.size]
    if not isinstance(old, Size) or not isinstance(new, Size):
        parser.error("only models of our own encoders can be widened")
    torch.manual_seed(arguments.seed)
    average = widened_model(restored(state), old, new).state_dict()
    arguments.run.mkdir(parents=True, exist_ok=True)
    torch.save({"step": state["step"], "size": arguments.size, "average": average}, arguments.run / LATEST)
    data = said_of(arguments.checkpoint).get("data", {})
    provenance = {
        "config": {"widenedTo": arguments.size, "seed": arguments.seed},
        "gitCommit": git_commit(),
        "initial": [initial_run(arguments.checkpoint, data)],
        "data": data,
    }
    (arguments.run / "provenance.json").write_text(json.dumps(provenance, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
