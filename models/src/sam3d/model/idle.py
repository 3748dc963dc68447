"""Layers that begin without influence and have learned nothing yet: the same model is had without them."""

from torch import Tensor, nn

from .attention import GlobalContext
from .blocks import RefiningBlock


def is_idle(module: nn.Module) -> bool:
    match module:
        case RefiningBlock():
            last: nn.Module = module.conv2
        case GlobalContext():
            last = module.from_tokens
        case _:
            return False
    return not any(parameter.any() for parameter in last.parameters())


def remove_idle_layers(model: nn.Module) -> None:
    """In place; what is left computes the same."""
    for name, module in list(model.named_modules()):
        if is_idle(module):
            model.set_submodule(name, nn.Identity())


def without_idle_layers(state: dict[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """state: weights for the model, by name → those that have influence"""
    idle = tuple(f"{name}." for name, module in model.named_modules() if is_idle(module))
    return {name: value for name, value in state.items() if not name.startswith(idle)}
