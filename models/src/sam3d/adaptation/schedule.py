"""SAMed's learning rate: linear warm-up, then a polynomial."""

from .settings import TaskSettings

POWER = 0.9


def learning_rate(settings: TaskSettings, step: int) -> float:
    """step from 0"""
    warm_up = min(settings.warm_up_steps, settings.steps)
    if step < warm_up:
        return settings.learning_rate * (step + 1) / warm_up
    return settings.learning_rate * (1 - (step - warm_up) / max(1, settings.steps - warm_up)) ** POWER
