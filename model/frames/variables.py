"""The variables a rule may read, by the paths that certification logics use."""

from collections.abc import Iterable

from model.errors import Invalid
from model.frames.schema import (
    DATASET_NAME,
    LUMISECTION_NUMBER,
    OMS,
    PILEUP,
    RUN_NUMBER,
    RUN_OMS,
    RUN_RR,
    SCHEMA,
    VERDICT,
    with_columns,
)

__all__ = [
    "CAUSE",
    "DATASET_NAME",
    "LUMISECTION_NUMBER",
    "OMS",
    "OVERRULED",
    "PILEUP",
    "RUN_NUMBER",
    "RUN_OMS",
    "RUN_RR",
    "VERDICT",
    "VOICE",
    "VOICES",
    "require_known",
]
#: what frames can hold of a verdict besides its status; no rule reads it
CAUSE, VOICE, OVERRULED = "lumisection.cause.", "lumisection.voice.", "lumisection.overruled."
#: values of a voice: nobody spoke, a rule, a person
VOICES = ("", "rule", "person")


def require_known(variables: Iterable[str], more_columns: Iterable[str] = ()) -> None:
    """Check the variables of a rule; an unknown one is an error, never false.

    Raises:
        Invalid: naming each unknown variable and what it may have meant.
    """
    columns = tuple(more_columns)
    schema = with_columns(columns) if columns else SCHEMA
    sentences = []
    for name in sorted(name for name in set(variables) if name not in schema):
        near = schema.suggest(name)
        sentences.append(f"{name}" + (f" (did you mean {' or '.join(near)}?)" if near else ""))
    if sentences:
        raise Invalid(f"The rule reads what does not exist: {', '.join(sentences)}.")
