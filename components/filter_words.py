"""What the conditions of a filter are called, and what each asks for: the editor is drawn from this."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from model.filters.language import ORDERS, SIDES
from model.vocabulary import BITS, OFFLINE_COLUMNS, SEVERITY, Stage, State, Status

Json = Any
_HOW = (
    ("any", "somewhere"),
    ("all", "everywhere"),
    ("none", "nowhere"),
    ("lumisections", "on at least … LS"),
    ("invpb", "on at least … pb⁻¹"),
)
_COMPARES = ("=", "!=", "contains")
_COLUMN, _WORKSPACE = "column", "workspace"


@dataclass(frozen=True)
class Field:
    """One thing that a condition asks for.

    Args:
        kind: choice, column, workspace, number, text, or moment (a sequence or a time).
        when: (place of another field, its values) where this one is asked.
    """

    label: str
    kind: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    pattern: str = ""
    least: float | None = None
    when: tuple[int, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Word:
    """One kind of condition."""

    word: str
    label: str
    fields: tuple[Field, ...] = field(default=())

    def document(self, columns: Sequence[str], workspaces: Sequence[str]) -> Json:
        """Return what the browser needs, the columns of the page first."""
        there = [*columns, *(c for c in OFFLINE_COLUMNS if c not in columns)]
        lists = {_COLUMN: there, _WORKSPACE: list(workspaces)}
        return {
            "word": self.word,
            "label": self.label,
            "fields": [
                {
                    "label": each.label,
                    "kind": "choice" if each.kind in lists else each.kind,
                    "options": [[o, o] for o in lists[each.kind]] if each.kind in lists else list(each.options),
                    "hint": each.hint,
                    "pattern": each.pattern,
                    "least": each.least,
                    "when": each.when,
                }
                for each in self.fields
            ],
        }


def _same(values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(value)) for value in values)


def _numeric(word: str, label: str) -> Word:
    return Word(word, label, (Field("how", "choice", _same(ORDERS)), Field("number", "number")))


def _textual(word: str, label: str, hint: str, how: Sequence[str] = _COMPARES) -> Word:
    return Word(word, label, (Field("how", "choice", _same(how)), Field("text", "text", hint=hint)))


_column = Field("column", _COLUMN)
_status = Field("status", "choice", _same([s.name for s in SEVERITY]))
_spoken = Field("status", "choice", _same([s.name for s in reversed(SEVERITY) if s is not Status.EMPTY]))
_stages = Field("stage", "choice", _same([s.value for s in Stage]))
_time = Field(
    "time",
    "text",
    hint="2024-04-15",
    pattern="\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+\\-]\\d\\d:\\d\\d)?)?",
)
_least = Field("at least", "number", least=0, when=(2, ("lumisections", "invpb")))

WORDS = (
    Word("cell", "status of a column", (_column, _status, Field("where", "choice", _HOW), _least)),
    Word("disagrees", "column differs from another stage", (_column, _stages)),
    Word("bit", "bit false although the status is", (Field("bit", "choice", _same(BITS)), _column, _spoken)),
    Word("says", "cause or comment says", (Field("words", "text", hint="HV trip", pattern=".*\\S.*\\S.*"),)),
    Word("by", "changed by", (Field("name", "text", hint="t.certifier", pattern=".*\\S.*\\S.*"),)),
    Word("since", "changed since", (Field("when", "moment", hint="2024-06-01, or a sequence"),)),
    Word("proposed", "a program's proposal waits"),
    Word(
        "state",
        "state in a workspace",
        (Field("workspace", _WORKSPACE), Field("state", "choice", _same([s.value for s in State]))),
    ),
    Word(
        "runs",
        "runs",
        (Field("runs", "text", hint="379415-379420, 379430", pattern="[0-9 ,\\-–]+"),),
    ),
    _numeric("run_number", "run number"),
    _numeric("fill_number", "fill"),
    _numeric("lumisections", "lumisections of the run"),
    _numeric("recorded_invpb", "recorded pb⁻¹ of the run"),
    _numeric("delivered_invpb", "delivered pb⁻¹ of the run"),
    _numeric("duration_s", "duration of the run in s"),
    _numeric("undecided", "lumisections to decide, over all columns"),
    Word("started", "start of the run", (Field("how", "choice", _same(SIDES)), _time)),
    Word("significant", "run is significant"),
    _textual("era", "era", "2024C"),
    _textual("run_class", "class of the run", "Collisions24"),
    _textual("run_state", "state of the run", "OPEN"),
    _textual("stop_reason", "why the run stopped", "end of fill"),
    _textual("stage", "stage", "prompt"),
    _textual("name", "name of the dataset", "/PromptReco/"),
)
