"""The accepted cases of one task, and how much their auxiliary model may say."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .evidence import Evidence, evidence_of, least_squares
from .features import Opening, features_of
from .hidden_layer import expanded
from .lattice import off_lattice, on_lattice

MOST_CASES = 12  # older ones are forgotten
GAINS = (0.5, 1.0)
JUDGED_CASES = 4  # the latest ones that were held back
NEUTRAL_CASES = 1  # taken to have gained nothing, so that one lucky case proves little
LEAST_GAIN = 0.02  # of Dice, on average, else the frozen model answers alone
GUARDED_CASES = 2  # the latest: however good those before, these may not have become worse
LARGEST_LOSS = 0.02  # of Dice, on average over them
LOGIT_PER_PROBABILITY = 4.0  # the slope of the logit at one half
LARGEST_CORRECTION = 4.0  # of a logit: what the frozen model is surer of stays


class HeldBack(NamedTuple):
    """Dice on the lattice of the opening answer to a case, before it was learned from"""

    frozen: float
    fused: tuple[float, ...]  # a gain each


class AcceptedCase(NamedTuple):
    key: str
    patient: str  # says which cases are of one patient
    evidence: Evidence
    held_back: HeldBack | None  # None: nothing was known of other patients before


def dice_of(answered: np.ndarray, accepted: np.ndarray) -> float:
    """1 where both are empty"""
    total = int(answered.sum()) + int(accepted.sum())
    return 1.0 if total == 0 else 2 * int((answered & accepted).sum()) / total


@dataclass
class OnlineAdaptation:
    """Of one site, user group, model, modality and label"""

    cases: list[AcceptedCase] = field(default_factory=list)

    @property
    def gain(self) -> float:
        """0: nothing is known, or it was of no use lately"""
        judged = [case.held_back for case in self.cases if case.held_back is not None][-JUDGED_CASES:]
        if not judged:
            return 0.0
        better = np.array([np.array(held.fused) - held.frozen for held in judged])  # (cases, gains)
        means = better.sum(0) / (len(judged) + NEUTRAL_CASES)
        best = int(np.argmax(means))
        worse_lately = better[-GUARDED_CASES:, best].mean() < -LARGEST_LOSS
        return 0.0 if worse_lately or means[best] < LEAST_GAIN else GAINS[best]

    def learn(self, key: str, patient: str, opening: Opening, accepted: np.ndarray) -> None:
        """First predicted with what was known of other patients before, then learned from: structures of one
        patient are alike, and would say more of each other than of anybody else's. Accepted again, it
        replaces itself.

        accepted (n, n, n) bool in the opening's region
        """
        self.cases = [case for case in self.cases if case.key != key]
        strangers = [case for case in self.cases if case.patient != patient]
        held_back = judge(strangers, opening, accepted) if strangers else None
        case = AcceptedCase(key, patient, evidence_of(opening, accepted), held_back)
        self.cases = [*self.cases, case][-MOST_CASES:]

    def weights(self) -> np.ndarray:
        return weights_of(self.cases)

    def fused(self, opening: Opening) -> np.ndarray:
        """→ logits (n, n, n); the frozen model's own where the gain is 0"""
        if self.gain == 0:
            return opening.logits
        return fused_logits(opening, self.weights(), self.gain)


def weights_of(cases: Sequence[AcceptedCase]) -> np.ndarray:
    return least_squares([case.evidence for case in cases])


def judge(cases: Sequence[AcceptedCase], opening: Opening, accepted: np.ndarray) -> HeldBack:
    wanted, logits = on_lattice(accepted), on_lattice(opening.logits).astype(np.float64)
    added = added_probability(opening, weights_of(cases))
    fused = [dice_of(logits + correction(added, gain) > 0, wanted) for gain in GAINS]
    return HeldBack(dice_of(logits > 0, wanted), tuple(fused))


def added_probability(opening: Opening, weights: np.ndarray) -> np.ndarray:
    """→ (m, m, m) on the lattice"""
    shape = on_lattice(opening.logits).shape
    return (expanded(features_of(opening)) @ weights).reshape(shape)


def correction(added: np.ndarray, gain: float) -> np.ndarray:
    """Of logits, on the lattice"""
    return np.clip(gain * LOGIT_PER_PROBABILITY * added, -LARGEST_CORRECTION, LARGEST_CORRECTION)


def fused_logits(opening: Opening, weights: np.ndarray, gain: float) -> np.ndarray:
    """→ (n, n, n) float32"""
    added = correction(added_probability(opening, weights), gain)
    return (opening.logits + off_lattice(added)).astype(np.float32)
