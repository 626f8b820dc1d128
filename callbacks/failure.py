"""What a callback did not foresee: told to the person as a sentence, to the log as a traceback."""

import logging
from typing import Any

from dash import set_props

from components import failure
from identity.reference import failed
from model.errors import RunRegistryError, Unreachable

log = logging.getLogger(__name__)


def tell(error: Exception) -> None:
    """Say on the screen that a callback failed; a refusal of the model is its own sentence.

    Dash calls it for whatever a callback raises, and leaves the screen as it is otherwise.
    """
    if isinstance(error, Unreachable):
        # what a background callback sets before it began is thrown away: the server answers in its place
        raise error
    if isinstance(error, RunRegistryError):
        set_props(failure.PLACE, {"children": failure.said(str(error))})
        return
    reference = failed()
    log.error("failure %s", reference, exc_info=error)
    set_props(failure.PLACE, {"children": failure.unforeseen(reference)})


def answered(error: RunRegistryError) -> dict[str, Any]:
    """Return what Dash shows of a refusal that came before any callback was called; nothing else changes."""
    place = {failure.PLACE: {"children": failure.said(str(error)).to_plotly_json()}}
    return {"multi": True, "response": {}, "sideUpdate": place}
