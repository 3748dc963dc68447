"""What the card of a task says of how it was learned."""

from pathlib import Path

import pytest

from adapted_bases import learned_task, task_model
from sam3d.adaptation.card import card_of
from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.package import description_of
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.vanilla.config import VanillaConfig


@pytest.mark.parametrize(
    ("method", "settings", "said"),
    [
        (
            "finetuned",
            FinetunedConfig(parts="decoder", change="LoRA", synthesis_share=0.5),
            ("Method finetuned (decoder, LoRA) on sam3d-tiny 0.5.0, ", "50 % of its samples: drawn again"),
        ),
        ("vanilla", VanillaConfig(), ("Method vanilla on sam3d-tiny 0.5.0, ",)),
    ],
    ids=["finetuned", "vanilla"],
)
def test_it_says_what_learned_and_from_what(
    method: str, settings: TaskSettings, said: tuple[str, ...]
) -> None:
    learned = learned_task(method, settings, task_model(method, "tiny", settings), Path())
    card = card_of(description_of(learned, Path(), {}))
    assert [text for text in said if text not in card] == []
    assert ("samples" in card) == (settings.synthesis_share > 0)
