"""Each table for programs is described once, with all that whoever reads it must know."""

import pyarrow as pa
import pytest

from model.columnar.described import STATUS, Table
from model.columnar.tables import FIXED, RUNS, VERDICT_RANGES, certified, lumisections, tables
from model.errors import Invalid
from model.registry import Registry
from model.vocabulary import BITS, OFFLINE_COLUMNS
from tests.model import world

TABLES = (lumisections(), *FIXED)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_has_a_type_a_unit_and_a_sentence(table: Table) -> None:
    assert table.sentence.endswith(".")
    assert set(table.key) <= table.by_name.keys()
    assert len(table.by_name) == len(table.columns)
    for column in table.columns:
        is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        assert bool(column.unit) == is_number, column.name
        assert len(column.sentence) > 3, column.name
        assert column.unit != "1/pb" or column.name.endswith("_invpb") or column.name.startswith("oms_")
        assert not (column.name in table.key and column.can_be_null)


def test_a_file_says_itself_what_its_columns_are() -> None:
    schema = lumisections(["tracker-pixel"]).schema({"sequence": "7"})
    assert schema.metadata[b"sequence"] == b"7"
    assert schema.field("recorded_lumi_invpb").metadata[b"unit"] == b"1/pb"
    assert b"tracker-pixel" in schema.field("tracker-pixel").metadata[b"description"]
    assert schema.field("tracker-pixel").type == STATUS


def test_the_widest_table_has_every_bit_and_every_certifiable_column() -> None:
    assert {*BITS, *OFFLINE_COLUMNS} <= lumisections().by_name.keys()


def test_a_column_on_which_somebody_spoke_is_there_though_nobody_offers_it(registry: Registry) -> None:
    world.report_run(registry)
    world.create_dataset(registry)
    before = world.now(registry)
    world.rule_says(registry, "tracker-hybrid", [(1, 3)], "GOOD")
    with registry.reading() as connection:
        assert "tracker-hybrid" in tables(connection, world.now(registry))["lumisections"].by_name
        assert "tracker-hybrid" not in certified(connection, before)


def test_the_key_is_always_there_and_columns_keep_their_order() -> None:
    some = VERDICT_RANGES.having(["status", "last"])
    assert [column.name for column in some.columns] == [
        "run_number",
        "dataset",
        "column",
        "first",
        "last",
        "status",
    ]
    assert RUNS.having([]) == RUNS


def test_a_column_that_is_not_there_is_named_with_what_it_may_have_been() -> None:
    with pytest.raises(Invalid, match=r"lumisections has no column traker-pixel \(did you mean tracker-pixel"):
        lumisections().having(["traker-pixel", "ecal-ecal"])
