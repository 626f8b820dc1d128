"""The rows of any table at a sequence, whoever asks: a file over HTTP, or a snapshot."""

from collections.abc import Callable, Iterator
from types import MappingProxyType

import pyarrow as pa

from model.columnar import facts, lumisections, ranges
from model.columnar.choice import ANY, Reading, Spans, chosen
from model.columnar.described import Table
from model.tables import overruled_range, verdict_range
from model.vocabulary import DEFAULT_SOURCE

#: tables of which there is nothing to choose
_WHOLE: MappingProxyType[str, Callable[[Reading, Table, int], Iterator[pa.RecordBatch]]] = MappingProxyType(
    {
        "runs": facts.runs,
        "datasets": facts.datasets,
        "dataset_states": facts.dataset_states,
        "luminosity": ranges.luminosity,
        "history": facts.history,
        "products": facts.lists,
    }
)
_STORED = MappingProxyType({"verdict_ranges": verdict_range, "overruled_ranges": overruled_range})


def of(
    reading: Reading,
    table: Table,
    at: int,
    *,
    pattern: str = ANY,
    runs: Spans = (),
    source: str = DEFAULT_SOURCE,
) -> Iterator[pa.RecordBatch]:
    """Return the rows of a table as they held at a sequence; what cannot be chosen is refused at once.

    Args:
        pattern, runs: which datasets, where the table has rows per dataset.
        source: of the luminosity in the table `lumisections`.

    Raises:
        Invalid, NotFound: no such choice.
    """
    if table.name in _WHOLE:
        return _WHOLE[table.name](reading, table, at)
    with reading() as connection:
        datasets = chosen(connection, at, pattern, runs)
    if table.name in _STORED:
        return ranges.verdicts(reading, datasets, table, _STORED[table.name], at)
    return lumisections.batches(reading, datasets, table, source, at)
