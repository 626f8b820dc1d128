"""Single lines of a dump of the system in use, into our words."""

from collections.abc import Mapping

from ingest.files.records import Triplet, V4Dataset, V4Edit, V4StateChange, Value, VerdictRange
from ingest.files.report import Unexpected
from model.ranges import LumisectionRange
from model.vocabulary import BITS, State, Status

Object = Mapping[str, object]
STATUS = {status.name: status for status in Status}
#: what the system in use writes where no rule gave a status
UNDECIDED = ("NO VALUE FOUND", "")
STATES = {state.value: state for state in State}
LUMINOSITIES = ("delivered", "recorded")
_BITS = frozenset(BITS)


def text(record: Object, key: str) -> str:
    """Return a text that must be there and not be blank."""
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise Unexpected(f"a text in {key}", value)
    return value


def whole(record: Object, key: str) -> int:
    """Return a whole number that must be there and not be negative."""
    value = record.get(key)
    if type(value) is not int or value < 0:
        raise Unexpected(f"a whole number in {key}", value)
    return value


def flag(record: Object, key: str) -> bool:
    """Return true or false; missing is false."""
    value = record.get(key, False)
    if not isinstance(value, bool):
        raise Unexpected(f"true or false in {key}", value)
    return value


def obj(record: Object, key: str) -> Object:
    """Return an object that must be there."""
    value = record.get(key)
    if not isinstance(value, dict):
        raise Unexpected(f"an object in {key}", value)
    return value


def rest(record: Object, *known: str) -> Object:
    """Return the keys that have no place of their own."""
    return {key: value for key, value in record.items() if key not in known and key != "run_number"}


def state(value: object) -> State:
    """Return a state."""
    if not isinstance(value, str) or value not in STATES:
        raise Unexpected(f"a state ({', '.join(STATES)})", value)
    return STATES[value]


def span(first: object, last: object, n_ls: int) -> LumisectionRange:
    """Return lumisections that lie inside a run."""
    if type(first) is not int or type(last) is not int:
        raise Unexpected("a range of whole numbers", [first, last])
    if not 1 <= first <= last <= n_ls:
        raise Unexpected(f"lumisections inside 1–{n_ls}, first not above last", [first, last])
    return LumisectionRange(first, last)


def dataset(record: Object) -> V4Dataset:
    """Return one dataset; its attributes `<workspace>_state` are its states."""
    attributes = obj(record, "dataset_attributes")
    gui_names = record.get("datasets_in_gui") or []
    if not isinstance(gui_names, list) or not all(isinstance(name, str) for name in gui_names):
        raise Unexpected("a list of texts in datasets_in_gui", gui_names)
    states = {k.removesuffix("_state"): state(v) for k, v in attributes.items() if k.endswith("_state")}
    return V4Dataset(
        text(record, "name"),
        states,
        tuple(gui_names),
        flag(record, "deleted"),
        {k: v for k, v in attributes.items() if not k.endswith("_state")},
        rest(record, "name", "dataset_attributes", "datasets_in_gui", "deleted"),
    )


def bits(attributes: Object) -> Mapping[str, Value]:
    """Return the known values of a stretch, without luminosities."""
    out: dict[str, Value] = {}
    for name, value in attributes.items():
        if value is None or name in LUMINOSITIES:
            continue
        if not isinstance(value, bool if name in _BITS else (bool, int, str)):
            raise Unexpected(f"true, false or null in {name}", value)
        out[name] = value
    return out


def luminosity(attributes: Object, name: str) -> float | None:
    """Return the luminosity per lumisection of a stretch."""
    value = attributes.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unexpected(f"a number in {name}", value)
    return float(value)


def status(word: object) -> Status:
    """Return a status; nothing decided is NOTSET."""
    if word in UNDECIDED:
        return Status.NOTSET
    found = STATUS.get(word) if isinstance(word, str) else None
    if found is None:
        raise Unexpected(f"a status ({', '.join(STATUS)})", word)
    return found


def verdicts(record: Object, n_ls: int) -> tuple[VerdictRange, ...]:
    """Return the verdicts of one column, which must not overlap."""
    listed = record.get("ranges")
    if not isinstance(listed, list) or not listed:
        raise Unexpected("a list of [first, last, status, comment, cause]", listed)
    out, before, in_order = [], 0, True
    for item in listed:
        if not isinstance(item, list) or len(item) != 5:
            raise Unexpected("[first, last, status, comment, cause]", item)
        first, last, word, comment, cause = item
        span(first, last, n_ls)
        out.append(VerdictRange(first, last, status(word), _words(comment), _words(cause)))
        in_order, before = in_order and first > before, last
    if not in_order:
        out.sort()
        for one, two in zip(out, out[1:], strict=False):
            if two.first <= one.last:
                raise Unexpected("ranges that do not overlap", [list(one[:2]), list(two[:2])])
    return tuple(out)


def has_undecided(record: Object) -> bool:
    """Say whether sound ranges hold a status that stands for nothing decided."""
    listed = record.get("ranges")
    return isinstance(listed, list) and any(item[2] in UNDECIDED for item in listed)


class EditTranslator:
    """Turns history lines into edits; equal triplets are one object."""

    def __init__(self) -> None:
        self._triplets: dict[tuple[object, ...], Triplet] = {}

    def edit(self, record: Object, n_ls: int) -> V4Edit:
        """Return one edit."""
        columns = {name: self._triplet(name, value) for name, value in obj(record, "components").items()}
        return V4Edit(
            whole(record, "seq"),
            text(record, "dataset_name"),
            (span(record.get("start"), record.get("end"), n_ls),),
            flag(record, "manual"),
            text(record, "by"),
            columns,
            rest(record, "seq", "dataset_name", "start", "end", "manual", "by", "components"),
        )

    def _triplet(self, name: str, value: object) -> Triplet:
        if not isinstance(value, dict):
            raise Unexpected(f"status, comment and cause of {name}", value)
        key = (value.get("status"), value.get("comment"), value.get("cause"))
        try:
            known = self._triplets.get(key)
        except TypeError:
            raise Unexpected(f"status, comment and cause of {name} as texts", value) from None
        if known is None:
            known = Triplet(status(key[0]), _words(key[1]), _words(key[2]))
            if len(self._triplets) < 10_000:
                self._triplets[key] = known
        return known


def state_change(record: Object) -> V4StateChange:
    """Return one change of state."""
    known = ("seq", "dataset_name", "workspace", "to_state", "by")
    return V4StateChange(
        whole(record, "seq"),
        text(record, "dataset_name"),
        text(record, "workspace"),
        state(record.get("to_state")),
        text(record, "by"),
        rest(record, *known),
    )


def _words(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unexpected("a text", value)
    return value
