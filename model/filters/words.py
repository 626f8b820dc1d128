"""A filter in words, for a chip on screen."""

from model.filters.language import Either, Every, Filter, Leaf, Not

_HOW = {"any": "somewhere", "all": "everywhere", "none": "nowhere"}

_NAMES = {
    "run_number": "run",
    "fill_number": "fill",
    "recorded_invpb": "recorded pb⁻¹",
    "delivered_invpb": "delivered pb⁻¹",
    "duration_s": "duration in s",
    "run_class": "class",
    "run_state": "run state",
    "stop_reason": "stop reason",
    "undecided": "LS to decide",
}


def words(wanted: Filter) -> str:
    """Return a filter in words; parts of parts stand in brackets."""
    if isinstance(wanted, Not):
        return f"not {_bracketed(wanted.part)}"
    if isinstance(wanted, Leaf):
        return _of_leaf(wanted)
    joint = " and " if isinstance(wanted, Every) else " or "
    empty = "everything" if isinstance(wanted, Every) else "nothing"
    return joint.join(map(_bracketed, wanted.parts)) or empty


def _bracketed(part: Filter) -> str:
    is_plain = isinstance(part, Leaf) or (isinstance(part, Every | Either) and len(part.parts) == 1)
    return words(part) if is_plain else f"({words(part)})"


def _of_leaf(leaf: Leaf) -> str:
    given = leaf.operands
    if leaf.word == "cell" and len(given) == 3:
        return f"{given[0]} {given[1]} {_HOW[given[2]]}"
    if leaf.word == "cell":
        return f"{given[0]} {given[1]} on ≥ {given[3]:g} {'LS' if given[2] == 'lumisections' else 'pb⁻¹'}"
    said = {
        "state": "{} is {}",
        "bit": "{} false where {} is {}",
        "runs": "runs {}",
        "says": "says “{}”",
        "by": "by {}",
        "since": "changed since {}",
        "disagrees": "{} differs from {}",
        "proposed": "proposed by a program",
        "started": "started {} {}",
        "significant": "significant",
    }
    return said[leaf.word].format(*given) if leaf.word in said else _compared(leaf)


def _compared(leaf: Leaf) -> str:
    how, what = leaf.operands
    return f"{_NAMES.get(leaf.word, leaf.word)} {how} {what if what != '' else 'nothing'}"
