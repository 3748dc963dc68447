"""The model of a checkpoint, with its averaged weights."""

from typing import Any, cast

from sam3d.model.adaptation import Adaptation, attach, merged
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES

from .checkpoint import grown_state, size_of


def restored(state: dict[str, Any]) -> Sam3d:
    """Low-rank changes are part of its weights; raises RuntimeError where the state is no model of ours."""
    model = Sam3d(SIZES[size_of(state)])
    adaptation = state.get("adaptation")
    if adaptation is not None:
        attach(model, Adaptation(**adaptation))
    model.load_state_dict(grown_state(state["average"], model.state_dict()))
    return cast(Sam3d, merged(model))
