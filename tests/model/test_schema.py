"""The schema of certification against what the registry and its upstream really hold."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from model.errors import Invalid
from model.frames.refs import refs
from model.frames.schema import OMS, RUN_OMS, SCHEMA, VERDICT, with_columns
from model.frames.store import FrameStore
from model.frames.variables import require_known
from model.registry import Registry
from model.vocabulary import BITS, OFFLINE_COLUMNS, ONLINE_COLUMNS, Status
from rules.schema import Variable
from tests.model import world
from tests.model.world import DC

DATA = Path(__file__).parent.parent / "data" / "ingest"
_TYPES: dict[str, tuple[type, ...]] = {
    "number": (int, float),
    "text": (str,),
    "choice": (str,),
    "list": (list,),
}


def allows(variable: Variable, value: Any) -> bool:
    """Tell whether a variable may hold a value."""
    if value is None:
        return variable.nullable
    if isinstance(value, bool) or variable.kind == "boolean":
        return isinstance(value, bool) and variable.kind == "boolean"
    if not isinstance(value, _TYPES[variable.kind]) or (variable.values and value not in variable.values):
        return False
    low, high = variable.lowest, variable.highest
    return (low is None or value >= low) and (high is None or value <= high)


def refused(prefix: str, attributes: dict[str, Any]) -> dict[str, Any]:
    known = {name: SCHEMA.get(prefix + name) for name in attributes}
    return {
        name: attributes[name] for name, v in known.items() if v is not None and not allows(v, attributes[name])
    }


def test_every_variable_says_what_it_is() -> None:
    assert all(each.doc and each.level in ("run", "dataset", "lumisection") for each in SCHEMA)
    assert len({each.path for each in SCHEMA}) == len(SCHEMA)
    energy = SCHEMA.get("run.oms.energy")
    assert energy is not None and (energy.unit, energy.nullable, energy.lowest) == ("GeV", True, 0)


def test_every_bit_and_every_column_is_there() -> None:
    assert all(OMS + bit in SCHEMA for bit in BITS)
    assert all(VERDICT + column in SCHEMA for column in (*OFFLINE_COLUMNS, *ONLINE_COLUMNS))


def test_what_is_always_known_is_never_null() -> None:
    sure = {each.path for each in SCHEMA if not each.nullable and not each.path.startswith(VERDICT)}
    assert sure == {"run.run_number", "run.oms.run_number", "dataset.name", "lumisection.lumisection_number"}


def test_recorded_runs_and_lumisections_hold_what_the_schema_says() -> None:
    folder = DATA / "v4_sample"
    for file, prefix, key in (("runs", RUN_OMS, "oms_attributes"), ("oms_ls_ranges", OMS, "attributes")):
        lines = (folder / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
        assert lines
        assert not [wrong for line in lines if (wrong := refused(prefix, json.loads(line)[key]))]


@pytest.mark.parametrize("name", ["runs_2017B_cut", "runs_2018_candidates_cut", "runs_2022_cut"])
def test_recorded_numbers_lie_within_their_limits(name: str) -> None:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            numbers = {
                k: v for k, v in row.items() if (found := SCHEMA.get(RUN_OMS + k)) and found.kind == "number"
            }
            held = {k: float(v) for k, v in numbers.items() if v not in ("", k)}
            assert not refused(RUN_OMS, held)


def test_frames_hold_what_the_schema_says(registry: Registry) -> None:
    bits: dict[str, list[tuple[int, int, Any]]] = {"cms_active": [(1, 5, True)], "prescale_index": [(1, 3, 2)]}
    world.report_run(registry, bits=bits, energy=6800)
    world.create_dataset(registry)
    world.give(registry, DC, "dc-lowlumi", [(1, 3)], "BAD")
    wanted = frozenset(each.path for each in SCHEMA)
    with registry.reading() as connection:
        sequence = world.sequence_of(connection)
        frames = FrameStore().frames(connection, refs(connection, sequence, "/%"), wanted, sequence)
    for each in SCHEMA:
        column = frames.table.columns[each.path]
        held = [column.values[code] for code in set(column.codes[frames.exists].tolist())]
        assert held and all(allows(each, value) for value in held), (each.path, held)


def test_a_column_nobody_certified_is_empty_and_never_null() -> None:
    column = SCHEMA.get("lumisection.rr.dt-dt")
    assert column is not None and not column.nullable
    assert column.values == tuple(status.name for status in Status)


def test_further_columns_can_be_read_where_they_are_named() -> None:
    require_known(["lumisection.rr.new-new"], ["new-new"])
    with pytest.raises(Invalid, match=r"lumisection\.rr\.new-new"):
        require_known(["lumisection.rr.new-new"])
    assert len(with_columns(["new-new", "dt-dt"])) == len(SCHEMA) + 1


def test_an_unknown_variable_is_refused_with_what_was_meant() -> None:
    with pytest.raises(Invalid, match=r"run\.name \(did you mean dataset\.name"):
        require_known(["run.name", "run.run_number"])
