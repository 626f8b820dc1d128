"""What outside programs propose for a cell, beside what persons and rules said."""

from collections.abc import Sequence

from dash import html

from model.queries.proposals import Proposal
from model.vocabulary import GLYPH


def proposals(found: Sequence[Proposal]) -> html.Section | None:
    """Return the open proposals of a cell, None where no program proposes anything."""
    if not found:
        return None
    return html.Section(
        [html.H3("Proposed, not effective"), html.Ul([_one(p) for p in found], className="why")]
    )


def _one(said: Proposal) -> html.Li:
    score = "" if said.score is None else f"score {said.score:.2f}"
    words = f"{GLYPH[said.status]} {said.status.name} on LS {said.span.first}–{said.span.last}"
    by = f"by {said.program} {said.version}{f': {said.reason}' if said.reason else ''}"
    return html.Li([html.B(words), html.Span(by), html.Span(score, className="why-value")])
