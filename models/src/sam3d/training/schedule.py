"""How a run learns at each of its steps, wherever it runs."""

import math
from pathlib import Path

import torch
from torch import Tensor, nn

from sam3d.model.adaptation import attach
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d

from .checkpoint import grown_state
from .config import TrainingConfig
from .trainable import trainable

GRADIENT_NORM_LIMIT = 1.0
FINAL_LEARNING_RATE = 0.02  # × the highest
LOG_EVERY_STEPS = 50
ENCODER = "image_encoder."


def learning_rate(config: TrainingConfig, step: int, progress: float) -> float:
    """Linear warm-up, then a cosine; progress: share of the run that is over"""
    warm_up = min(1.0, (step + 1) / config.warm_up_steps)
    cosine = 0.5 * (1 + math.cos(math.pi * progress))
    return config.learning_rate * warm_up * (FINAL_LEARNING_RATE + (1 - FINAL_LEARNING_RATE) * cosine)


@torch.no_grad()
def update_average(average: dict[str, Tensor], model: nn.Module, decay: float, step: int) -> None:
    decay = min(decay, (step + 1) / (step + 10))  # early weights are forgotten faster
    for name, value in model.state_dict().items():
        average[name].lerp_(value, 1 - decay)


def optimiser_of(parameters: list[nn.Parameter], config: TrainingConfig) -> torch.optim.AdamW:
    return torch.optim.AdamW(
        parameters,
        config.learning_rate,
        betas=(0.9, 0.99),
        weight_decay=config.weight_decay,
        fused=parameters[0].is_cuda,
    )


def initial_model(config: TrainingConfig, initial: Path | None) -> Sam3d | PromptedUnet:
    """initial: checkpoint whose averaged weights it starts from, else from new ones; where that is the
    teacher, from all but its encoder's"""
    model = trainable(config.size)
    if initial is not None:
        average = torch.load(initial, map_location="cpu", weights_only=True)["average"]
        if config.episodes == "distilling":
            average = {name: value for name, value in average.items() if not name.startswith(ENCODER)}
        model.load_state_dict(grown_state(average, model.state_dict()))
    choose_what_learns(model, config)
    return model


def choose_what_learns(model: nn.Module, config: TrainingConfig) -> None:
    """Attaches the adaptation, if there is one; what the model holds fixed itself stays so."""
    named = [p for name, p in model.named_parameters() if p.requires_grad and name.startswith(config.trained)]
    model.requires_grad_(False)
    if config.adaptation is not None:
        attach(model, config.adaptation)
    if config.adaptation is None or config.trained:
        for parameter in named:
            parameter.requires_grad_(True)
