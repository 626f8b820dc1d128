"""What an account is asked about: which runs, which datasets, which rule, in which calibration."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, select

from model.asof import held
from model.errors import Invalid, NotFound
from model.queries import runs
from model.rulebook.book import RuleVersion, golden_rule, rule_version
from model.spans import span
from model.tables import luminosity, term
from model.vocabulary import DEFAULT_SOURCE


class By(StrEnum):
    """What one line of an account is about."""

    RUN = "run"
    FILL = "fill"
    DAY = "day"
    WEEK = "week"
    ERA = "era"


@dataclass(frozen=True)
class Question:
    """Which runs, datasets and rule, as of when.

    Args:
        pattern: LIKE pattern of the datasets that are certified, at most one of each run.
        source: the calibration that every number is in.
        era, run_class: empty for all.
    """

    rule: RuleVersion
    pattern: str
    at: int
    source: str = DEFAULT_SOURCE
    era: str = ""
    run_class: str = ""
    first_run: int | None = None
    last_run: int | None = None

    def takes(self, run: runs.Run) -> bool:
        """Tell whether a run is asked about; one that only plays another again never is."""
        return not run.replay and self.names(run)

    def names(self, run: runs.Run) -> bool:
        """Tell whether a run is of the era, the class and the range."""
        return (
            self.era in ("", run.era)
            and self.run_class in ("", run.run_class)
            and (self.first_run is None or run.run_number >= self.first_run)
            and (self.last_run is None or run.run_number <= self.last_run)
        )

    @property
    def words(self) -> str:
        """Say which runs are asked about."""
        ends = [str(each) for each in (self.first_run, self.last_run) if each is not None]
        span = "–".join(dict.fromkeys(ends))
        return ", ".join(word for word in (self.era, self.run_class, span) if word) or "any era"


def sources(connection: Connection, at: int) -> list[str]:
    """Return the calibrations that any run has luminosity of, the one that counts first."""
    query = select(term.c.text).join(luminosity, term.c.id == luminosity.c.source_id)
    found = {row.text for row in connection.execute(query.where(held(luminosity, at)).distinct())}
    return sorted(found, key=lambda source: (source != DEFAULT_SOURCE, source))


def one_source(connection: Connection, said: str, at: int) -> str:
    """Return the calibration that somebody named.

    Raises:
        Invalid: several are named, which would add up what must not be.
        NotFound: no run has luminosity of it.
    """
    named = [each.strip() for each in said.split(",") if each.strip()]
    if len(set(named)) > 1:
        raise Invalid(
            f"{' and '.join(named)} are different calibrations and are never added up: "
            "ask for one of them, and again for the other."
        )
    known = sources(connection, at)
    source = named[0] if named else DEFAULT_SOURCE
    if source not in known:
        there = f"there is luminosity of {', '.join(known)}" if known else "there is no luminosity at all yet"
        raise NotFound(f"No run has luminosity of “{source}”; {there}.")
    return source


def rule_of(connection: Connection, name: str, at: int) -> RuleVersion:
    """Return a kept rule, or the one whose purpose is the golden JSON where none is named.

    Raises:
        NotFound: there is none.
    """
    if name:
        return rule_version(connection, name, at)
    if (found := golden_rule(connection, at)) is None:
        raise NotFound("There is no golden rule yet: keep one whose purpose is golden, or name a rule.")
    return found


def ask(connection: Connection, at: int, words: Mapping[str, str]) -> Question:
    """Return the question that the words of an address or a request mean.

    Args:
        words: `rule`, `dataset`, `null_policy`, `source`, `era`, `class` and `runs`, each of them optional.

    Raises:
        NotFound: there is no such rule or calibration.
        Invalid: a range of runs, a policy or several calibrations that make no sense.
    """
    rule = rule_of(connection, words.get("rule", ""), at)
    if policy := words.get("null_policy", ""):
        rule = rule.under(policy)
    first, last = span(words.get("runs", "")) or (None, None)
    return Question(
        rule,
        words.get("dataset", "") or rule.text.datasets,
        at,
        one_source(connection, words.get("source", ""), at),
        words.get("era", ""),
        words.get("class", ""),
        first,
        last,
    )
