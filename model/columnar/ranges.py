"""Tables of ranges, and luminosity: rows as they stand in the registry's own tables, piece by piece."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, select
from sqlalchemy import Table as Stored

from model.asof import held
from model.columnar.choice import Dataset, Reading, pieces
from model.columnar.described import COUNT, STATUS, Table, repeated
from model.queries.luminosities import luminosity_of_runs
from model.tables import author, term
from model.tables import luminosity as stored_luminosity
from model.vocabulary import Status, workspace_of

_STATUSES = [status.name for status in Status]


def verdicts(
    reading: Reading, datasets: Sequence[Dataset], table: Table, stored: Stored, at: int
) -> Iterator[pa.RecordBatch]:
    """Yield the ranges of verdicts of datasets as they held at a sequence.

    Args:
        stored: what counts, or what was overruled.
    """
    for piece in pieces(datasets):
        with reading() as connection:
            yield _verdicts(connection, piece, table, stored, at)


def _verdicts(
    connection: Connection, datasets: Sequence[Dataset], table: Table, stored: Stored, at: int
) -> pa.RecordBatch:
    column, cause, comment, s = term.alias(), term.alias(), term.alias(), stored.c
    place = {each.id: number for number, each in enumerate(datasets)}
    query = (
        select(s.dataset_id, column.c.text, s.first, s.last, s.status, cause.c.text, comment.c.text)
        .add_columns(author.c.name, author.c.is_person, s.since)
        .join(column, column.c.id == s.column_id)
        .join(cause, cause.c.id == s.cause_id)
        .join(comment, comment.c.id == s.comment_id)
        .join(author, author.c.id == s.author_id)
        .where(s.dataset_id.in_(list(place)), held(stored, at))
    )
    found = sorted(connection.execute(query).all(), key=lambda row: (place[row[0]], row[1], row[2]))
    ids, columns, first, last, status, causes, comments, names, people, since = (
        zip(*found, strict=True) if found else ((),) * 10
    )
    of = [datasets[place[each]] for each in ids]
    said = {"column": columns, "first": first, "last": last, "cause": causes, "comment": comments}
    told = {
        "run_number": [each.run_number for each in of],
        "dataset": [each.name for each in of],
        "stage": [each.stage for each in of],
        "workspace": [workspace_of(each) for each in columns],
        "status": pa.DictionaryArray.from_arrays(pa.array(status, STATUS.index_type), _STATUSES),
        "author": names,
        "is_person": [bool(each) for each in people],
        "since": since,
    }
    return table.batch({**said, **told})


def luminosity(reading: Reading, table: Table, at: int, size: int = 256) -> Iterator[pa.RecordBatch]:
    """Yield what each source knows of each lumisection, so many runs at a time."""
    s = stored_luminosity.c
    with reading() as connection:
        query = select(s.run_number).where(held(stored_luminosity, at)).distinct().order_by(s.run_number)
        runs = list(connection.execute(query).scalars())
    for start in range(0, len(runs), size):
        with reading() as connection:
            yield pa.concat_batches(list(_numbers(connection, table, runs[start : start + size], at)))


def _numbers(connection: Connection, table: Table, runs: Sequence[int], at: int) -> Iterator[pa.RecordBatch]:
    """Yield a batch per run and source, in order."""
    s = stored_luminosity.c
    query = select(term.c.text).join(stored_luminosity, s.source_id == term.c.id)
    query = query.where(s.run_number.in_(runs), held(stored_luminosity, at)).distinct()
    found = {
        source: luminosity_of_runs(connection, runs, source, at)
        for source in connection.execute(query).scalars()
    }
    for run in runs:
        for source in sorted(found):
            if (arrays := found[source].get(run)) is None:
                continue
            recorded, delivered = arrays.recorded_invpb, arrays.delivered_invpb
            pileup = np.full(len(recorded), np.nan)
            pileup[: len(arrays.pileup)] = arrays.pileup[: len(recorded)]
            known = np.flatnonzero(~(np.isnan(recorded) & np.isnan(delivered) & np.isnan(pileup)))
            numbers = {"recorded_lumi_invpb": recorded, "delivered_lumi_invpb": delivered, "pileup": pileup}
            taken = {name: values[known] for name, values in numbers.items()}
            yield table.batch(
                {name: pa.array(values, mask=np.isnan(values)) for name, values in taken.items()}
                | {"run_number": pa.array(np.full(len(known), run), COUNT)}
                | {"source": repeated([source], [len(known)])}
                | {"lumisection": pa.array(known + 1, COUNT)}
            )
