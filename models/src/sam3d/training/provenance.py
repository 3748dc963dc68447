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


def initial_run(checkpoint: Path) -> dict[str, Any]:
    """The run whose weights this one starts from, and in turn the one before it; their data are the same"""
    earlier = json.loads((checkpoint.parent / "provenance.json").read_text(encoding="utf-8"))
    return {
        "sha256": hashlib.sha256(checkpoint.read_bytes()).hexdigest(),
        "steps": torch.load(checkpoint, map_location="cpu", weights_only=True)["step"],
        **{key: earlier[key] for key in ("config", "gitCommit", "initial")},
    }


def write_provenance(
    path: Path,
    config: TrainingConfig,
    entries: list[dict[str, Any]],
    folder: Path,
    initial: Path | None,
) -> None:
    """Raises ValueError where it lies beside a checkpoint that was made of other settings, weights or data: a
    run that goes on has to be the same run."""
    content = {
        "config": asdict(config),
        "seed": config.seed,
        "gitCommit": git_commit(),
        "torch": torch.__version__,
        "initial": initial and initial_run(initial),
        "data": data_hashes(entries, folder),
    }
    text = json.dumps(content, indent=1) + "\n"
    if path.exists() and (path.parent / LATEST).exists():
        earlier, now = json.loads(path.read_text(encoding="utf-8")), json.loads(text)
        changed = [key for key in ("config", "initial", "data") if earlier[key] != now[key]]
        if changed:
            raise ValueError(f"{path.parent} holds a run of other {', '.join(changed)}: choose another")
    path.write_text(text, encoding="utf-8")
