"""Selections of Run 1 and 2, which were files of criteria, as logics over the columns they asked for.

Each criterion means what the script that read it did with it. A bit or a verdict that was not there counted as
good, so these rules have the null policy good.

Source: cms-DQM/certTools, dataCert.py at 084cc778 (what is asked, strict bounds of the field, 400 GeV around
the energy or none given, run list, filling scheme, dataset patterns without their run ranges).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.rules.aliases import Unmapped
from rules.values import Json

Criteria = Mapping[str, str]
Logic = dict[str, Any]

#: what tells a selection from other objects
ASKED = frozenset({"qflags", "runmin", "runmax"})
NULL_POLICY = "good"
#: field strengths that the script took where nothing else was asked, T
_FIELD_T = (-0.1, 4.1)
_ENERGY_GEV = 400
_NONE = "NONE"
#: how the list was made and written; no condition on a lumisection
_SETTINGS = frozenset({"jsonfile", "use_das", "dbscache", "lscomment", "cachefile", "runreg"})


class BadCriterion(Exception):
    """A criterion that cannot be read, with what was expected of it."""

    def __init__(self, key: str, expected: str, found: object) -> None:
        super().__init__(f"expected {expected} in {key}, found {found!r}.")
        self.key = key


@dataclass(frozen=True)
class Selection:
    """A selection as a logic in the names of the query interface.

    Args:
        datasets: LIKE pattern of the dataset names.
        remarks: what the reader of the rule should know of its criteria.
        unmapped: criteria that no logic can express, with a JSON pointer to each.
    """

    logic: Logic
    datasets: str
    remarks: tuple[str, ...]
    unmapped: tuple[Unmapped, ...]


def is_selection(value: Json) -> bool:
    """Tell whether an object holds the criteria of a selection."""
    return isinstance(value, dict) and value.keys() >= ASKED


def selection(criteria: Mapping[str, Json]) -> Selection:
    """Return what a selection asks.

    Raises:
        BadCriterion: a criterion is not what the script could read.
    """
    texts = {key: _text(key, value) for key, value in criteria.items()}
    clauses = [clause for part in _PARTS for clause in part(texts)]
    patterns = [pattern.partition(":") for pattern in texts.get("dataset", "").split()]
    remarks = [f"{rest} behind the dataset's name did not count" for _, _, rest in patterns if rest]
    remarks.append("cms_active was asked of every selection, whatever the file said")
    if "nolowpu" not in texts:
        remarks.append("nolowpu is not said: the script of 2015 left low pile-up out, this rule does not")
    if settings := sorted(texts.keys() & _SETTINGS):
        remarks.append(f"{', '.join(settings)}: how the list was made, no condition")
    names = [name for name, _, _ in patterns]
    return Selection(
        {"and": clauses}, names[0] if len(names) == 1 else "%", tuple(remarks), tuple(_left(texts, names))
    )


def _text(key: str, value: Json) -> str:
    if not isinstance(value, str):
        raise BadCriterion(key, "a text", value)
    return value.strip()


def _left(criteria: Criteria, patterns: list[str]) -> Iterator[Unmapped]:
    if len(patterns) > 1:
        yield Unmapped("/dataset", " ".join(patterns), "ask for one dataset pattern at a time")
    for key, value in criteria.items():
        if key == "dbs_pds":
            said = "it asked that DBS knows the lumisection in these primary datasets; nothing here says so"
            yield Unmapped("/dbs_pds", value, said)
        elif key not in _READ and key not in _SETTINGS:
            yield Unmapped(f"/{key}", value, "no criterion of that name is known")


def _is(name: str, operator: str, value: Json) -> Logic:
    return {operator: [{"var": name}, value]}


def _number(criteria: Criteria, key: str) -> int:
    try:
        return int(criteria[key])
    except ValueError as error:
        raise BadCriterion(key, "a run number", criteria[key]) from error


def _decimal(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BadCriterion(key, "a number", text) from error


def _says(criteria: Criteria, key: str) -> bool:
    said = criteria.get(key, "False")
    if said not in ("True", "False"):
        raise BadCriterion(key, "True or False", said)
    return said == "True"


def _listed(criteria: Criteria, key: str) -> list[str]:
    names = [name.strip() for name in criteria.get(key, _NONE).split(",")]
    return [name for name in names if name != _NONE]


def _runs(criteria: Criteria) -> Iterator[Logic]:
    yield _is("runNumber", ">=", _number(criteria, "runmin"))
    yield _is("runNumber", "<=", _number(criteria, "runmax"))
    if "runlist" in criteria:
        texts = criteria["runlist"].strip('"').split()
        yield _is("runNumber", "in", [_number({"runlist": text}, "runlist") for text in texts])
    if "group" in criteria:
        yield _is("runClassName", "==", criteria["group"])


def _field(criteria: Criteria) -> Iterator[Logic]:
    lowest = max(_decimal(key, criteria.get(key, str(_FIELD_T[0]))) for key in ("bfield_min", "bfield_thr"))
    yield _is("bfield", ">", lowest)
    yield _is("bfield", "<", _decimal("bfield_max", criteria.get("bfield_max", str(_FIELD_T[1]))))


def _beams(criteria: Criteria) -> Iterator[Logic]:
    if "beam_ene" in criteria:
        energies = [_decimal("beam_ene", text) for text in criteria["beam_ene"].split(",")]
        around = [(max(energy - _ENERGY_GEV, 0), energy + _ENERGY_GEV) for energy in energies]
        energy = {"var": "lhcEnergy"}
        within = [{"<=": [lowest, energy, highest]} for lowest, highest in around]
        yield {"or": [_is("lhcEnergy", "==", None), _is("lhcEnergy", "==", 0), *within]}
    # the script asked for a scheme only in collisions
    scheme = criteria.get("injection", "%")
    if scheme != "%" and criteria.get("group", "").startswith("Collisions"):
        prefix = scheme.removesuffix("%")
        if prefix == scheme or "%" in prefix or "_" in prefix:
            raise BadCriterion("injection", "a text that ends with its only %", scheme)
        yield {"==": [{"substr": [{"var": "injectionScheme"}, 0, len(prefix)]}, prefix]}
    for key, word in (("beampresent", "Present"), ("beamstable", "Stable")):
        if _says(criteria, key):
            yield from (_is(f"beam{number}{word}", "==", True) for number in (1, 2))


def _bits(criteria: Criteria) -> Iterator[Logic]:
    yield from (_is(f"{name.lower()}Present", "==", True) for name in _listed(criteria, "component"))
    yield _is("cmsActive", "==", True)
    yield from (_is(f"{name.lower()}Ready", "==", True) for name in _listed(criteria, "dcs"))


def _verdicts(criteria: Criteria) -> Iterator[Logic]:
    for flag in _listed(criteria, "qflags"):
        name, colon, status = flag.partition(":")
        if not colon:
            raise BadCriterion("qflags", "NAME:STATUS", flag)
        if name != _NONE:
            yield _is(f"{name.lower()}.status", "==", status)
    if "nolowpu" in criteria:
        yield _is("lowLumi.status", "!=" if _says(criteria, "nolowpu") else "==", "GOOD")
    if "dsstate" in criteria:
        yield _is("datasetState", "==", criteria["dsstate"])


_PARTS: tuple[Callable[[Criteria], Iterator[Logic]], ...] = (_runs, _field, _beams, _bits, _verdicts)
_READ = frozenset(
    "dataset group runmin runmax runlist bfield_thr bfield_min bfield_max beam_ene injection beampresent "
    "beamstable component dcs qflags nolowpu dsstate".split()
)
