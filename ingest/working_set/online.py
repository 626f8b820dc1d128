"""Online verdicts of every certifiable column, from whether it was in the run and from its bits.

Missing data gives no verdict: a column whose bits upstream does not report stays NOTSET until a person
speaks.
"""

from collections.abc import Iterator
from types import MappingProxyType

from ingest.working_set.clauses import Logic, bit, either, every, included
from model.rulebook.texts import Purpose, RuleText
from model.vocabulary import BITS, COLUMN_OF_BIT, ONLINE_COLUMNS

#: in the run when this is; a column without an entry belongs to CMS as a whole
INCLUSION = MappingProxyType(
    {
        "castor-castor": "castor",
        "csc-csc": "csc",
        "ctpps-ctpps": "ctpps",
        "dt-dt": "dt",
        "ecal-ecal": "ecal",
        "ecal-es": "es",
        "gem-gem": "gem",
        "hcal-hcal": "hcal",
        "hlt-hlt": "daq",
        "l1t-l1t": "trg",
        "l1t-l1tcalo": "trg",
        "l1t-l1tmu": "trg",
        "lumi-lumi": "scal",
        "rpc-rpc": "rpc",
        "tracker-pixel": "pixel",
        "tracker-strip": "tracker",
    }
)
#: bits of columns beside those that a false bit is charged to
_MORE_BITS = MappingProxyType({"ctpps-ctpps": ("rp_time_ready", "rp_sect_45_ready", "rp_sect_56_ready")})
#: high voltage goes up with stable beams only
_RAMPED = frozenset({"tracker-pixel", "tracker-strip", "csc-csc", "dt-dt", "gem-gem", "rpc-rpc"})


def rules() -> dict[str, RuleText]:
    """Return the rules of online verdicts by name."""
    return {name: text for column in ONLINE_COLUMNS for name, text in _rules(column)}


def bits_of(column: str) -> list[str]:
    """Return the detector-control bits that speak for a column."""
    return [*(b for b in BITS if COLUMN_OF_BIT.get(b) == column), *_MORE_BITS.get(column, ())]


def _rules(column: str) -> Iterator[tuple[str, RuleText]]:
    bits, subsystem = bits_of(column), INCLUSION.get(column)
    if subsystem:
        description = f"{subsystem.upper()} was not in the run."
        yield _rule(column, "EXCLUDED", 10, included(subsystem, False), description)
    if column in _RAMPED and bits:
        off = [either([bit("beam1_stable", False), bit("beam2_stable", False)]), _any_false(bits)]
        yield _rule(column, "STANDBY", 20, every(off), "No stable beams, high voltage not raised.")
    if bits:
        yield _rule(column, "BAD", 30, _any_false(bits), f"One of its bits is false: {', '.join(bits)}.")
    good = [*([included(subsystem, True)] if subsystem else []), *(bit(name, True) for name in bits)]
    yield _rule(column, "GOOD", 40, every(good), "In the run, and every bit true.")


def _any_false(bits: list[str]) -> Logic:
    return either(bit(name, False) for name in bits)


def _rule(column: str, value: str, priority: int, logic: Logic, description: str) -> tuple[str, RuleText]:
    text = RuleText(logic, "unknown", description, "online", Purpose.ONLINE_VERDICT, column, value, priority)
    return f"online-{column}-{value.lower()}", text
