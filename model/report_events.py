"""What happens to reports: they are frozen, and never change afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass

from model.event import Event, Json


@dataclass(frozen=True)
class ReportFrozen(Event):
    """Somebody froze a report at a sequence; `body` is its canonical bytes as text, `sha256` their digest.

    `about` is what a list of reports shows: {kind, scope, title, sequence, as_of, rule, datasets,
    luminosity_source, figures: {name: value}}.
    """

    kind = "report-frozen"
    name: str
    about: Mapping[str, Json]
    sha256: str
    body: str
