"""What a file holds is what the registry says, row by row, at any sequence, on either store."""

import csv
import io
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from model.clock import SettableClock
from model.columnar import rows
from model.columnar.choice import Dataset, Spans, chosen, pieces
from model.columnar.tables import tables
from model.columnar.written import written
from model.commands.views import save_view
from model.errors import Invalid, NotFound
from model.queries import datasets, luminosities, runs, upstream, verdicts
from model.ranges import numbers
from model.registry import Registry
from model.vocabulary import BITS, ONLINE, Status
from tests.model import product_world, world
from tests.model.histories import History
from tests.model.walk import RUNS
from tests.model.world import EXPRESS, PROMPT, RUN
from tests.provision.stores import walks

SEEDS = range(6)
Row = dict[str, Any]


def read(
    registry: Registry, name: str, at: int, kind: str = "parquet", columns: tuple[str, ...] = (), **choice: Any
) -> list[Row]:
    """Return the rows of a table as whoever opens the file finds them."""
    with registry.reading() as connection:
        table = tables(connection, at)[name].having(columns)
    found = rows.of(registry.reading, table, at, **choice)
    body = b"".join(written(found, table.schema(), kind))
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(body.decode())))
    if kind == "arrow":
        return list(pa.ipc.open_stream(body).read_all().to_pylist())
    return list(pq.read_table(io.BytesIO(body)).to_pylist())


def by_hand(registry: Registry, at: int, source: str = "OMS") -> list[Row]:
    """Return the rows of the widest table, lumisection by lumisection, by other questions."""
    with registry.reading() as connection:
        names = tables(connection, at)["lumisections"].by_name
        return [
            row
            for run in runs.runs(connection, at)
            for each in sorted(datasets.datasets_of(connection, run.run_number, at), key=lambda each: each.name)
            if not each.is_hidden
            for row in _of_dataset(connection, run, each.name, at, source, list(names))
        ]


def _of_dataset(
    connection: Any, run: runs.Run, name: str, at: int, source: str, names: list[str]
) -> Iterator[Row]:
    number = run.run_number
    lumi = luminosities.luminosity(connection, number, source, at)
    told = upstream.bits(connection, number, name, at)
    said = verdicts.of_dataset(connection, number, name, at)
    about = {"run_number": number, "dataset": name, "era": run.era, "run_class": run.run_class}
    about |= {"fill_number": run.fill_number, "stage": datasets.stage_of(name).value}
    for lumisection in numbers(datasets.lumisections(connection, number, at)):
        row = dict.fromkeys(names) | about | {"lumisection": lumisection}
        row |= {column: "EMPTY" for column in names if "-" in column}
        for column, given in said.items():
            row.update((column, v.status.name) for v in given if v.span.first <= lumisection <= v.span.last)
        for bit, spans in told.items():
            row.update((bit, value) for first, last, value in spans if first <= lumisection <= last)
        if lumi is not None:
            row |= _numbers(lumi, lumisection, source)
        yield row


def _numbers(lumi: Any, lumisection: int, source: str) -> Row:
    told = {}
    for name in ("recorded_lumi_invpb", "delivered_lumi_invpb", "pileup"):
        values = getattr(lumi, name.replace("_lumi_", "_"))
        value = values[lumisection - 1] if lumisection <= len(values) else np.nan
        told[name] = None if np.isnan(value) else float(value)
    has_some = told["recorded_lumi_invpb"] is not None or told["delivered_lumi_invpb"] is not None
    return {**told, "lumi_source": source if has_some else None}


@walks(*SEEDS)
def test_lumisections_read_back_as_the_registry_says_at_any_sequence(
    registry: Registry, clock: SettableClock, seed: int
) -> None:
    history = History(registry, clock, seed).told(25)
    last = world.now(registry)
    for at in (history.began, *random.Random(seed).sample(range(history.began, last), 3), last):
        assert read(registry, "lumisections", at, "arrow") == by_hand(registry, at)
    assert read(registry, "lumisections", last) == by_hand(registry, last)


@walks(*SEEDS)
def test_ranges_read_back_as_the_registry_says_at_any_sequence(
    registry: Registry, clock: SettableClock, seed: int
) -> None:
    history = History(registry, clock, seed).told(25)
    for at in (history.began, world.now(registry) - 7, world.now(registry)):
        for name, of in (("verdict_ranges", verdicts.of_dataset), ("overruled_ranges", verdicts.overruled)):
            with registry.reading() as connection:
                said = [
                    (number, each.name, column, *v.span, v.status.name, v.cause, v.comment, v.author, v.since)
                    for number in RUNS
                    for each in datasets.datasets_of(connection, number, at)
                    if not each.is_hidden
                    for column, given in of(connection, number, each.name, at).items()
                    for v in given
                ]
            keys = "run_number dataset column first last status cause comment author since".split()
            assert [tuple(row[key] for key in keys) for row in read(registry, name, at)] == sorted(said)


@pytest.fixture
def told(registry: Registry) -> Registry:
    """Tell of a run with a hole, a bit that is not known everywhere and one that was overridden."""
    bits = {"bpix_ready": [(1, 3, True), (6, 8, False)], "prescale_name": [(1, 4, "2.0e34")]}
    bits["prescale_index"] = [(1, 4, 7)]
    world.report_run(registry, RUN, [(1, 4), (6, 10)], bits)
    world.create_dataset(registry)
    world.create_dataset(registry, EXPRESS, hidden=True)
    world.give(registry, world.TRACKER, "tracker-pixel", [(2, 3)], "BAD", comment='noisy, "hot"')
    return registry


def test_a_missing_number_has_no_row_and_nothing_shifts(told: Registry) -> None:
    found = read(told, "lumisections", world.now(told), pattern=PROMPT)
    assert [row["lumisection"] for row in found] == [1, 2, 3, 4, 6, 7, 8, 9, 10]
    assert [row["bpix_ready"] for row in found] == [True, True, True, None, False, False, False, None, None]
    assert [row["tracker-pixel"] for row in found] == ["EMPTY", "BAD", "BAD", *["EMPTY"] * 6]
    assert [row["prescale_index"] for row in found] == [7] * 4 + [None] * 5
    assert [row["prescale_name"] for row in found] == ["2.0e34"] * 4 + [None] * 5


def test_a_hidden_dataset_is_in_no_table_but_its_own(told: Registry) -> None:
    at = world.now(told)
    assert {row["dataset"] for row in read(told, "lumisections", at)} == {ONLINE, PROMPT}
    hidden = {row["dataset"]: row["is_hidden"] for row in read(told, "datasets", at)}
    assert hidden == {ONLINE: False, PROMPT: False, EXPRESS: True}


def test_luminosity_is_of_one_source_and_says_which(told: Registry) -> None:
    world.report_luminosity(told, [0.2, np.nan, 0.4], source="brilcalc")
    at = world.now(told)
    found = read(told, "lumisections", at, pattern=PROMPT, source="brilcalc")
    assert [row["recorded_lumi_invpb"] for row in found][:4] == [0.2, None, 0.4, None]
    assert [row["lumi_source"] for row in found][:4] == ["brilcalc", None, "brilcalc", None]
    both = read(told, "luminosity", at)
    assert [(row["source"], row["lumisection"]) for row in both][-2:] == [("brilcalc", 1), ("brilcalc", 3)]
    assert {row["lumisection"] for row in both if row["source"] == "OMS"} == {1, 2, 3, 4, 6, 7, 8, 9, 10}


def test_csv_says_what_parquet_says(told: Registry) -> None:
    at = world.now(told)
    for name in ("lumisections", "verdict_ranges", "runs", "history"):
        as_text = read(told, name, at, "csv")
        whole = read(told, name, at)
        assert [list(row) for row in as_text] == [list(row) for row in whole]
        for text, row in zip(as_text, whole, strict=True):
            assert [_plain(value) for value in row.values()] == [_plain(each) for each in text.values()]


def _plain(value: Any) -> Any:
    """Return a value as CSV has it; a number as a number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%d %H:%M:%S.%fZ")
    try:
        return float(value)
    except ValueError:
        return value


def test_runs_say_the_registrys_words_and_what_oms_says(told: Registry) -> None:
    world.report_run(told, RUN + 1, energy=6800, components=["DT", "CSC"], stable_beam=True, hlt_key=None)
    first, second = read(told, "runs", world.now(told))
    assert (first["run_number"], first["lumisections"], first["recorded_lumi_invpb"]) == (RUN, 9, 0.9)
    assert (second["oms_energy"], second["oms_components"]) == (6800.0, "DT CSC")
    assert (second["oms_stable_beam"], second["oms_hlt_key"], second["state"]) == (True, None, "OPEN")


def test_states_stand_by_workspace(told: Registry) -> None:
    found = {
        (row["dataset"], row["workspace"]): row["state"]
        for row in read(told, "dataset_states", world.now(told))
    }
    assert found == {(PROMPT, "global"): "OPEN", (EXPRESS, "global"): "OPEN"}


def test_history_is_the_journal_up_to_a_sequence(told: Registry) -> None:
    at = world.now(told)
    found = read(told, "history", at - 1)
    assert [row["sequence"] for row in found] == list(range(1, at))
    last = read(told, "history", at)[-1]
    assert (last["kind"], last["dataset"], last["comment"]) == ("verdicts-given", PROMPT, 'noisy, "hot"')
    assert '"status":"BAD"' in last["payload"]
    assert len(last["hash"]) == 64


def test_history_does_not_tell_what_is_somebody_s_own(told: Registry) -> None:
    with told.writing() as tx:
        save_view(tx, "my secret plan", "/certify/tracker", {}, world.TRACKER)
    last = read(told, "history", world.now(told))[-1]
    assert last["kind"] == "document-set"
    assert "secret plan" not in last["payload"] and '"document":null' in last["payload"]


def test_lists_that_were_made_official_are_ranges(registry: Registry) -> None:
    product_world.build(registry)
    product_world.make(registry, "dcs-1", "dcs-only-2024")
    found = read(registry, "products", world.now(registry))
    assert found
    assert {(row["product"], row["series"], row["state"]) for row in found} == {
        ("dcs-1", "dcs-only-2024", "official")
    }
    assert all(row["first"] <= row["last"] for row in found)
    assert read(registry, "products", found[0]["official_sequence"] - 2) == []


def test_only_some_runs_datasets_and_columns_are_told(told: Registry) -> None:
    world.report_run(told, RUN + 5)
    at = world.now(told)
    found = read(told, "lumisections", at, columns=("bpix_ready",), runs=((RUN + 1, RUN + 9),))
    assert list(found[0]) == ["run_number", "dataset", "lumisection", "bpix_ready"]
    assert {row["run_number"] for row in found} == {RUN + 5}


@pytest.mark.parametrize(
    ("choice", "refusal", "says"),
    [
        ({"runs": ((RUN, RUN), (1, 1))}, NotFound, "The registry has no run 1."),
        ({"runs": ((1, 9),)}, NotFound, "No dataset of runs 1-9 is named %"),
        ({"pattern": "/Nothing/%"}, NotFound, "No dataset is named /Nothing/%"),
        ({"pattern": " "}, Invalid, "A dataset pattern has 1 to 200 characters"),
        ({"pattern": "/Prompt\\"}, Invalid, "ends in a backslash"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    told: Registry, choice: dict[str, Any], refusal: type[Exception], says: str
) -> None:
    with pytest.raises(refusal, match=says):
        read(told, "verdict_ranges", world.now(told), **choice)


def test_a_registry_without_runs_has_tables_without_rows(registry: Registry) -> None:
    for name in ("lumisections", "verdict_ranges", "luminosity", "runs", "history", "products"):
        assert read(registry, name, 0) == []


def test_a_run_whose_lumisections_are_not_known_yet_has_no_rows(told: Registry) -> None:
    before = read(told, "lumisections", world.now(told))
    with told.writing() as tx:
        world.upstream_commands.report_run(tx, RUN + 3, {}, world.IMPORTER)
    assert read(told, "lumisections", world.now(told)) == before
    assert read(told, "runs", world.now(told))[-1]["lumisections"] == 0


def test_pieces_end_between_runs() -> None:
    spread = [Dataset(i, i // 2, ONLINE, "", "", "", None, 10) for i in range(9)]
    found = list(pieces(spread, 25))
    assert [each for piece in found for each in piece] == spread
    assert [[each.run_number for each in piece] for piece in found] == [[0, 0], [1, 1], [2, 2], [3, 3], [4]]


def test_every_status_is_told_by_its_name(told: Registry) -> None:
    for place, status in enumerate(("GOOD", "STANDBY", "EXCLUDED", "NOTSET"), start=6):
        world.give(told, world.TRACKER, "tracker-pixel", [(place, place)], status)
    found = {row["tracker-pixel"] for row in read(told, "lumisections", world.now(told), pattern=PROMPT)}
    assert found == {status.name for status in Status}


def test_datasets_come_in_order_of_runs_and_names(told: Registry) -> None:
    at = world.now(told)
    spans: Spans = ((RUN, RUN),)
    with told.reading() as connection:
        assert [each.name for each in chosen(connection, at, "%", spans)] == [PROMPT, ONLINE]
    assert {*BITS} <= read(told, "lumisections", at)[0].keys()
