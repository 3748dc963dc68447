"""Parts of the answer are switched off where the graphs hand them on."""

import numpy as np

from conftest import ZOO
from sam3d.evaluation.ablation import VARIANTS, VariantEngine
from sam3d.evaluation.ablation_table import ablation_section
from sam3d.evaluation.methods import BOX, END_TO_END


def prompt_maps(engine: VariantEngine) -> dict[str, np.ndarray]:
    n = 64
    image = np.random.default_rng(0).uniform(-1, 1, (2, n, n, n)).astype(np.float32)
    tensors = engine.encode(image) | {
        "point_coords": np.array([[[32, 32, 32], [10, 50, 20]]], np.float32),
        "point_labels": np.array([[1, 0]], np.float32),
        "box_coords": np.array([[[20, 20, 20, 40, 40, 40]]], np.float32),
        "box_labels": np.zeros((1, 1), np.float32),
        "mask_input": np.ones((1, 1, n, n, n), np.float32),
        "has_mask_input": np.ones(1, np.float32),
    }
    return engine.run("promptEncoder", tensors)


def test_what_is_silenced_said_something_before() -> None:
    heard = prompt_maps(VariantEngine(ZOO, VARIANTS[0]))
    for variant in VARIANTS[1:]:
        for silenced in variant.silenced:
            maps = prompt_maps(VariantEngine(ZOO, variant))[silenced.tensor]
            for index in range(maps.shape[1]):
                before = heard[silenced.tensor][:, index]
                if index in silenced.maps:
                    assert np.all(maps[:, index] == silenced.value)
                    assert np.any(before != silenced.value)
                else:
                    np.testing.assert_array_equal(maps[:, index], before)


def test_the_section_holds_every_variant_against_the_whole() -> None:
    records = [
        {
            "set": "a set",
            "case": name,
            "patient": name,
            "variant": variant.name,
            "method": opening,
            "dice": dice,
        }
        for name in ("a", "b")
        for place, variant in enumerate(VARIANTS)
        for opening, dice in (
            (END_TO_END, [0.25, 0.5, 0.5, 0.5, 0.75] if place == 2 else [0.5] * 5),
            (BOX, [0.5] * 5),
        )
    ]
    lines = ablation_section(records).splitlines()[-len(VARIANTS) :]
    assert lines[0] == f"| {VARIANTS[0].name} | .500 / .500 / .500 |  | .500 / .500 / .500 |  |"
    start = f"| {VARIANTS[2].name} | .250 / .500 / .750 | -.250 / +.000 / +.250<br>-.250 / +.000 / +.250 to "
    assert lines[2].startswith(start)
