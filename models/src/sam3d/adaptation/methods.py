"""The methods by name: what a configuration says of each, and the model it makes of a base."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from sam3d.model.sam3d import Sam3d

from .samed.config import SamedConfig
from .samed.model import samed_model
from .scratch.config import ScratchConfig
from .scratch.model import scratch_model
from .settings import TaskSettings
from .task_model import TaskModel
from .vanilla.config import VanillaConfig
from .vanilla.model import vanilla_model


class Method(NamedTuple):
    config: type[TaskSettings]
    model: Callable[[Sam3d, int, Any], TaskModel]  # base, classes, config of that type
    served: bool  # its encoder is the base with an adapter, so that a server can run it


METHODS = {
    "samed": Method(SamedConfig, samed_model, served=True),
    "vanilla": Method(VanillaConfig, vanilla_model, served=True),
    "scratch": Method(ScratchConfig, scratch_model, served=False),
}


def config_of(method: str, settings: dict[str, Any]) -> TaskSettings:
    """Raises ValueError where the method is unknown or has no such setting."""
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method}")
    settings = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
    try:
        return METHODS[method].config(**settings)
    except TypeError as error:
        raise ValueError(f"{method}: {error}") from error


def refuse_unserved(method: str) -> None:
    """Raises ValueError where no server could run what the method makes."""
    if not METHODS[method].served:
        raise ValueError(f"{method} is for comparisons: its encoder is no adapted base")


def read_method_config(path: Path) -> tuple[str, TaskSettings]:
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    method = settings.pop("method")
    return method, config_of(method, settings)


def plain(config: TaskSettings) -> dict[str, Any]:
    """For JSON"""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(config).items()}
