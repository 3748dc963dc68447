"""What a checkpoint was made of: settings, commit, data."""

import hashlib
import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from .checkpoint import LATEST
from .config import TrainingConfig

SAME_OF_A_RUN = ("config", "initial", "data", "withinS")  # whenever it goes on


def git_commit() -> str:
    """unknown where this is no checkout, or there is no git"""
    command = ["git", "rev-parse", "HEAD"]
    try:
        result = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return result.stdout.strip() or "unknown"


def data_hashes(entries: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Path below the data folder → SHA-256, of every file the run may read"""
    paths = sorted({entry[kind] for entry in entries for kind in ("image", "label") if entry[kind]})
    return {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in paths}


def said_of(checkpoint: Path) -> dict[str, Any]:
    """The provenance beside it"""
    return json.loads((checkpoint.parent / "provenance.json").read_text(encoding="utf-8"))


def initial_run(checkpoint: Path, data: dict[str, str]) -> dict[str, Any]:
    """The run whose weights one starts from that has read these data, and in turn the one before it. What it
    has read besides them is its furtherData."""
    earlier = said_of(checkpoint)
    further = {path: digest for path, digest in earlier.get("data", {}).items() if data.get(path) != digest}
    kept = ("config", "gitCommit", "earlierCommits", "withinS", "initial")
    return {
        "sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
        "steps": torch.load(checkpoint, map_location="cpu", weights_only=True)["step"],
        **{key: earlier[key] for key in kept if key in earlier},
        **({"furtherData": further} if further else {}),
    }


def write_provenance(
    path: Path,
    config: TrainingConfig,
    entries: list[dict[str, Any]],
    folder: Path,
    initial: Path | None,
    within_s: float | None = None,
) -> None:
    """Raises ValueError where it lies beside a checkpoint that was made of other settings, weights or data: a
    run that goes on has to be the same run. within_s: the time that it has, instead of steps"""
    data = data_hashes(entries, folder)
    content = {
        "config": asdict(config),
        "seed": config.seed,
        "gitCommit": git_commit(),
        "torch": torch.__version__,
        "initial": initial and initial_run(initial, data),
        "data": data,
        **({} if within_s is None else {"withinS": within_s}),
    }
    if path.exists() and (path.parent / LATEST).exists():
        earlier, now = json.loads(path.read_text(encoding="utf-8")), json.loads(json.dumps(content))
        changed = [key for key in SAME_OF_A_RUN if earlier.get(key) != now.get(key)]
        if changed:
            raise ValueError(f"{path.parent} holds a run of other {', '.join(changed)}: choose another")
        commits = dict.fromkeys([*earlier.get("earlierCommits", []), earlier["gitCommit"]])
        before = [commit for commit in commits if commit != content["gitCommit"]]
        content |= {"earlierCommits": before} if before else {}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
