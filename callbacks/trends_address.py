"""Read the address of the page of trends; what means nothing is dropped, and said."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import parse_qs

from sqlalchemy import Connection

from components import trends_page as page
from components.trends_address import KNOWN, Shown
from identity.address import Place
from model.accounting.parts import Of
from model.accounting.question import By, ask, one_source, sources
from model.era_map.question import eras
from model.errors import RunRegistryError
from model.rulebook.book import Rulebook, RuleVersion, rulebook
from model.rulebook.texts import Purpose
from model.spans import span
from model.trends.question import Pick, View
from model.vocabulary import Stage, stage_of

_HEADS = {Stage.EXPRESS: "/Express/%", Stage.PROMPT: "/PromptReco/%", Stage.RERECO: "/ReReco/%"}
_WAYS = ("exclusive", "inclusive")
_KS = ("3", "2", "5")
T = TypeVar("T")


def read(connection: Connection, search: str | None, seen: Place) -> tuple[Shown, View | None, str]:
    """Return what the address says and asks for, or the sentence that says why it asks for nothing."""
    said = {name: values[0].strip() for name, values in parse_qs((search or "").lstrip("?")).items()}
    reader = _Reader(said, [*_strange(search), *([seen.dropped] if seen.dropped else [])])
    book = rulebook(connection, seen.at)
    rules = _rules(book)
    rule = reader.one_of("rule", rules, "a rule to certify with")
    known = [era for era in eras(connection, Stage.ONLINE, seen.at) if era]
    era = reader.one_of("era", ["", *known], "an era of these runs")
    known_sources = sources(connection, seen.at)
    source = reader.tried("source", lambda word: one_source(connection, word, seen.at), "")
    version = book.version(rule) if rule else None
    stage = reader.stage(version)
    view, refusal = None, "There is no golden rule yet: keep one whose purpose is golden."
    first, last = reader.span("runs")
    words = {"rule": rule, "dataset": _pattern(stage, version), "source": source, "era": era}
    words |= {"runs": said.get("runs", "") if first else "", "null_policy": reader.policy(version)}
    by = By(reader.one_of("by", [each.value for each in By], "a way to group runs"))
    of = Of(reader.one_of("of", [Of.COLUMN.value, *(each.value for each in Of)], "a way to tell losses"))
    how = reader.one_of("how", _WAYS, "a way to count losses")
    k = reader.one_of("k", _KS, "a width of the band")
    pick = Pick(
        *reader.span("brush"),
        said.get("lost", ""),
        said.get("cause", ""),
        said.get("time", ""),
    )
    if version is not None:
        try:
            view = View(ask(connection, seen.at, words), by, of, how, float(k), pick)
        except RunRegistryError as error:
            refusal = str(error)
    chosen = dict(
        zip(
            page.CONTROLS,
            (era or page.EVERY_ERA, words["runs"], by.value, source, rule, of.value, how, k),
            strict=True,
        )
    )
    kept = {name: each for name, each in said.items() if name in KNOWN and name not in reader.dropped}
    shown = Shown(kept, stage, chosen, known, known_sources, rules, tuple(reader.notes))
    return shown, view, refusal


class _Reader:
    """Reads words of an address one by one, and keeps what it dropped."""

    def __init__(self, said: Mapping[str, str], notes: Sequence[str]) -> None:
        self._said, self.notes = said, list(notes)
        self.dropped: set[str] = set()

    def one_of(self, name: str, known: Sequence[str], what: str) -> str:
        """Return a word that is known; the first one where it is not."""
        word = self._said.get(name, "")
        if word in known or (name == "era" and word == page.EVERY_ERA):
            return "" if word == page.EVERY_ERA else word
        if word:
            self._drop(name, f"“{word[:40]}” is not {what} and was dropped.")
        return known[0] if known else ""

    def tried(self, name: str, reading: Callable[[str], T], otherwise: T) -> T:
        """Return what a word means; something else where it is refused."""
        word = self._said.get(name, "")
        try:
            return reading(word)
        except RunRegistryError as error:
            if word:
                self._drop(name, f"{error} It was dropped from the address.")
            return otherwise

    def span(self, name: str) -> tuple[int | None, int | None]:
        """Return a range of runs."""
        return self.tried(name, span, None) or (None, None)

    def stage(self, rule: RuleVersion | None) -> Stage:
        """Return the stage whose datasets are certified: the rule's own where none is named."""
        own = stage_of(rule.text.datasets) if rule else Stage.PROMPT
        first = own if own in _HEADS else Stage.PROMPT
        known = [first.value, *(each.value for each in _HEADS)]
        return Stage(self.one_of("stage", known, "a stage that is certified offline"))

    def policy(self, rule: RuleVersion | None) -> str:
        """Return a null policy that the address names."""
        if rule is None or not self._said.get("null_policy"):
            return ""
        return self.tried("null_policy", lambda word: rule.under(word).null_policy.value, "")

    def _drop(self, name: str, note: str) -> None:
        self.dropped.add(name)
        self.notes.append(note)


def _rules(book: Rulebook) -> list[str]:
    """Return the rules that can certify, the golden one first."""
    golden = [rule.name for rule in book.purpose(Purpose.GOLDEN)]
    return [*golden, *(rule.name for rule in book.purpose(Purpose.SELECTION))]


def _pattern(stage: Stage, rule: RuleVersion | None) -> str:
    return rule.text.datasets if rule and stage_of(rule.text.datasets) is stage else _HEADS[stage]


def _strange(search: str | None) -> Iterator[str]:
    for name, values in parse_qs((search or "").lstrip("?")).items():
        if name not in KNOWN:
            yield f"“{name[:40]}” means nothing on this page and was dropped."
        elif len(values) > 1 and name != "source":
            yield f"“{name}” was said {len(values)} times; the first one counts, the others were dropped."
        elif len(values) > 1:
            yield f"{' and '.join(values)} are never added up: {values[0]} is shown, the other beside it below."
