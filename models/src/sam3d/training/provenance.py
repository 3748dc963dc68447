"""What a checkpoint was made of: settings, commit, data."""

import hashlib
import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from .config import TrainingConfig


def git_commit() -> str:
    result = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return result.stdout.strip() or "unknown"


def data_hashes(entries: list[dict[str, Any]], folder: Path) -> dict[str, str]:
    """Path below the data folder → SHA-256, of every file the run may read"""
    paths = sorted({entry[kind] for entry in entries for kind in ("image", "label") if entry[kind]})
    return {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in paths}


def write_provenance(
    path: Path, config: TrainingConfig, entries: list[dict[str, Any]], folder: Path
) -> None:
    content = {
        "config": asdict(config),
        "seed": config.seed,
        "gitCommit": git_commit(),
        "torch": torch.__version__,
        "data": data_hashes(entries, folder),
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
