"""What changed in the certified list since the last report, by cause: each lumisection once, all of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from model.errors import NotFound
from model.golden.attributed import Block, Cause, Kind, sums
from model.golden.causes import difference
from model.golden.golden import GoldenRoom, Question
from model.report.kept import Kept
from model.report.report import LS, Row, Table, count, invpb, table, words
from model.report.since import FIRST
from model.rulebook.book import rule_version

_SHOWN = 40
_KINDS: Mapping[Kind, str] = {
    Kind.DECISION: "a decision",
    Kind.RULE: "a rule or the choice of datasets",
    Kind.UPSTREAM: "upstream",
    Kind.LUMINOSITY: "a luminosity update",
}
_SUMS = (
    count("gained", "gained", LS),
    count("lost", "lost", LS),
    invpb("change", "change"),
)
Changes = tuple[Table, Table]
#: what makes causes alike: their sort, what changed, who did it, and what was said of it
_Alike = tuple[Kind, str, str, str]


def changes(
    connection: Connection, room: GoldenRoom, since: Kept | None, now: Question, numbers: Collection[int] | None
) -> Changes:
    """Return what changed since a report, by sort of cause and by cause.

    Args:
        now: what is certified now.
        numbers: runs that are asked about; all of them where not given.
    """
    if since is None:
        return _tables([], (), now.source, FIRST)
    if since.asked["source"] != now.source:
        other = f"{since.name} counts in {since.asked['source']}: two calibrations are never subtracted."
        return _tables([], (), now.source, other)
    try:
        found = difference(connection, room, _then(connection, since), now)
    except NotFound as error:
        return _tables([], (), now.source, f"There is nothing to compare {since.name} with: {error}")
    blocks = [block for block in found.blocks if numbers is None or block.run_number in numbers]
    return _tables(blocks, found.causes, now.source, _note(since, numbers))


def _then(connection: Connection, since: Kept) -> Question:
    asked, at = since.asked, since.sequence
    rule = rule_version(connection, asked["rule"], at).under(asked["null_policy"])
    return Question(rule, asked["dataset"], at, source=asked["source"])


def _note(since: Kept, numbers: Collection[int] | None) -> str:
    which = "all runs of the rule" if numbers is None else "the runs of this report"
    rule = "each lumisection that came or went has one cause, after which it is as it is now and stays so"
    return f"Since {since.name} (sequence {since.sequence}), over {which}: {rule}."


def _tables(blocks: Sequence[Block], causes: Sequence[Cause], source: str, note: str) -> Changes:
    of_kind = {kind: [b for b in blocks if causes[b.cause].kind == kind] for kind in Kind}
    rows: list[Row] = [(_KINDS.get(kind, kind.value), *_summed(some)) for kind, some in of_kind.items() if some]
    total: list[Row] = [("all", *_summed(blocks))] if blocks else []
    nothing = "" if blocks or note == FIRST else "Nothing changed. "
    by_kind = table(
        "changes_by_sort",
        "What changed since the last report",
        (words("sort", "what changed it"), *_SUMS),
        [*rows, *total],
        source,
        f"{nothing}{note}",
    )
    return by_kind, _by_cause(blocks, causes, source)


def _by_cause(blocks: Sequence[Block], causes: Sequence[Cause], source: str) -> Table:
    alike: dict[_Alike, list[Block]] = {}
    for block in blocks:
        cause = causes[block.cause]
        alike.setdefault((cause.kind, cause.words, cause.author, cause.comment), []).append(block)
    told = sorted(alike.items(), key=lambda pair: (-abs(sums(pair[1]).change_invpb), pair[0]))
    rows = [_line(of, some, causes) for of, some in told[:_SHOWN]]
    rest = [block for _, some in told[_SHOWN:] for block in some]
    if rest:
        others = f"{len(told) - _SHOWN:,} other sorts of causes"
        rows.append((others, "", "", "", None, *_summed(rest)))
    columns = (
        words("cause", "cause"),
        words("author", "by"),
        words("runs", "runs"),
        words("comment", "comment"),
        count("sequence", "sequence of the last"),
        *_SUMS,
    )
    return table("changes", "What changed, by cause", columns, rows, source)


def _line(of: _Alike, blocks: Sequence[Block], causes: Sequence[Cause]) -> Row:
    _, said, author, comment = of
    known = [sequence for block in blocks if (sequence := causes[block.cause].sequence) is not None]
    return said, author, _runs(blocks), comment, max(known, default=None), *_summed(blocks)


def _runs(blocks: Iterable[Block]) -> str:
    numbers = sorted({block.run_number for block in blocks})
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return ", ".join(map(str, numbers[:3])) + more


def _summed(blocks: Sequence[Block]) -> Row:
    found = sums(blocks)
    return found.gained, found.lost, found.change_invpb
