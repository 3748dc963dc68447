"""Few parameters added to a trained model, which learn a task while the model itself stays as it is."""

from copy import deepcopy
from dataclasses import dataclass
from fnmatch import fnmatchcase

from torch import Tensor, nn

from .blocks import RefiningBlock, ResidualBlock
from .lora_adapter import AdaptedLayer
from .spatial_adapter import AdaptedBlock

LORA_LAYERS = (nn.Linear, nn.Conv3d)
ADAPTABLE_BLOCKS = (ResidualBlock, RefiningBlock)


@dataclass(frozen=True)
class Adaptation:
    """Targets are names of modules or of what they lie in, such as `image_encoder.context.*.to_queries` or
    `mask_decoder`; * stands for anything, dots included."""

    lora_rank: int = 4
    lora_targets: tuple[str, ...] = ()  # matrices and convolutions
    adapter_channels: int = 8
    adapter_targets: tuple[str, ...] = ()  # residual and refining blocks

    def __post_init__(self) -> None:
        if self.lora_rank < 1 or self.adapter_channels < 1:
            raise ValueError(
                f"lora_rank and adapter_channels must be at least 1, "
                f"not {self.lora_rank} and {self.adapter_channels}"
            )
        if not self.lora_targets and not self.adapter_targets:
            raise ValueError("an adaptation needs lora_targets or adapter_targets")


def matching(model: nn.Module, patterns: tuple[str, ...], kinds: tuple[type, ...]) -> dict[str, nn.Module]:
    """Raises ValueError where a pattern matches nothing."""
    modules = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, kinds) and getattr(module, "groups", 1) == 1
    }
    chosen: dict[str, nn.Module] = {}
    for pattern in patterns:
        names = [n for n in modules if fnmatchcase(n, pattern) or fnmatchcase(n, f"{pattern}.*")]
        if not names:
            raise ValueError(f"{pattern}: matches no {' or '.join(kind.__name__ for kind in kinds)}")
        chosen |= {name: modules[name] for name in names}
    return chosen


def attach(model: nn.Module, adaptation: Adaptation) -> None:
    """Afterwards the model does what it did, and what was added alone learns."""
    if adapter_state(model):
        raise ValueError("the model is adapted already")
    layers = matching(model, adaptation.lora_targets, LORA_LAYERS)
    blocks = matching(model, adaptation.adapter_targets, ADAPTABLE_BLOCKS)
    model.requires_grad_(False)
    # Before their layers are replaced: an adapter is as wide as its block's first convolution.
    adapted = {name: AdaptedBlock(block, adaptation.adapter_channels) for name, block in blocks.items()}
    for name, layer in layers.items():
        model.set_submodule(name, AdaptedLayer(layer, adaptation.lora_rank))
    for name, block in adapted.items():
        model.set_submodule(name, block)


def adapter_state(model: nn.Module) -> dict[str, Tensor]:
    """What was added, by its name in the adapted model"""
    state: dict[str, Tensor] = {}
    for name, module in model.named_modules():
        if isinstance(module, (AdaptedLayer, AdaptedBlock)):
            state |= module.adapter.state_dict(prefix=f"{name}.adapter.")
    return {name: value.clone() for name, value in state.items()}


def load_adapter_state(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Into a model that the same adaptation is attached to; raises ValueError at another's"""
    wanted = adapter_state(model)
    if {name: value.shape for name, value in state.items()} != {n: v.shape for n, v in wanted.items()}:
        raise ValueError("the state is another adaptation's")
    model.load_state_dict(state, strict=False)


def merged(model: nn.Module) -> nn.Module:
    """A copy whose low-rank changes are part of the weights; spatial adapters stay what they are."""
    result = deepcopy(model)
    for name, module in list(result.named_modules()):
        if isinstance(module, AdaptedLayer):
            result.set_submodule(name, module.folded())
    return result
