"""The methods by name: what a configuration says of each, and the model it makes of a base."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from sam3d.model.sam3d import Sam3d

from .finetuned.config import FinetunedConfig
from .finetuned.model import finetuned_model
from .ma_sam.config import MaSamConfig
from .ma_sam.model import ma_sam_model
from .sam_adapter_3d.config import SamAdapter3dConfig
from .sam_adapter_3d.model import sam_adapter_3d_model
from .samed.config import SamedConfig
from .samed.model import samed_model
from .scratch.config import ScratchConfig
from .scratch.model import scratch_model
from .settings import TaskSettings
from .task_model import TaskModel
from .vanilla.config import VanillaConfig
from .vanilla.model import vanilla_model

# The base with an adapter, which a server merges; a graph of its own beside the base's weights; or nothing,
# since it is for comparisons
Package = Literal["adapter", "graph", "none"]


class Method(NamedTuple):
    config: type[TaskSettings]
    model: Callable[[Sam3d, int, Any], TaskModel]  # base, classes, config of that type
    package: Package


METHODS = {
    "samed": Method(SamedConfig, samed_model, "adapter"),
    "vanilla": Method(VanillaConfig, vanilla_model, "adapter"),
    "ma_sam": Method(MaSamConfig, ma_sam_model, "graph"),
    "sam_adapter_3d": Method(SamAdapter3dConfig, sam_adapter_3d_model, "graph"),
    "finetuned": Method(FinetunedConfig, finetuned_model, "graph"),
    "scratch": Method(ScratchConfig, scratch_model, "none"),
}
SERVED = tuple(name for name, method in METHODS.items() if method.package != "none")


def config_of(method: str, settings: dict[str, Any]) -> TaskSettings:
    """Raises ValueError where the method is unknown or has no such setting."""
    refuse_unknown(method)
    settings = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
    try:
        return METHODS[method].config(**settings)
    except TypeError as error:
        raise ValueError(f"{method}: {error}") from error


def refuse_unknown(method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, not {method}")


def refuse_unpackaged(method: str) -> None:
    """Raises ValueError where nothing is to be handed over."""
    refuse_unknown(method)
    if METHODS[method].package == "none":
        raise ValueError(f"{method} is for comparisons: nothing of it is the base's")


def read_method_config(path: Path) -> tuple[str, TaskSettings]:
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    method = settings.pop("method")
    return method, config_of(method, settings)


def plain(config: TaskSettings) -> dict[str, Any]:
    """For JSON"""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(config).items()}
