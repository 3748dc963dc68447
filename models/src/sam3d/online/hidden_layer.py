"""A layer of fixed random weights (an extreme learning machine's): what stands behind it is learned by least
squares, and is no straight line in the inputs all the same."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np

UNITS = 64
SEED = 20
WEIGHT_RANGE = 1.06  # ± : a unit's input varies by about 1
BIAS_RANGE = 1.5


class HiddenLayer(NamedTuple):
    weights: np.ndarray  # (inputs, UNITS)
    biases: np.ndarray  # (UNITS,)


def uniform_numbers(seed: int) -> Iterator[float]:
    """In [0, 1): mulberry32, which is the same in every language"""
    word = 0xFFFFFFFF
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & word
        mixed = ((state ^ (state >> 15)) * (state | 1)) & word
        mixed ^= (mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61) & word)) & word
        yield ((mixed ^ (mixed >> 14)) & word) / 2**32


@cache
def hidden_layer(inputs: int) -> HiddenLayer:
    numbers = uniform_numbers(SEED)
    weights = [[(2 * next(numbers) - 1) * WEIGHT_RANGE for _ in range(UNITS)] for _ in range(inputs)]
    biases = [(2 * next(numbers) - 1) * BIAS_RANGE for _ in range(UNITS)]
    return HiddenLayer(np.array(weights), np.array(biases))


def expanded(inputs: np.ndarray) -> np.ndarray:
    """(m, inputs) → (m, 1 + inputs + UNITS): a constant, the inputs, and the layer's rectified units"""
    weights, biases = hidden_layer(inputs.shape[1])
    units = np.maximum(inputs @ weights + biases, 0)
    return np.concatenate([np.ones((len(inputs), 1)), inputs, units], 1)
