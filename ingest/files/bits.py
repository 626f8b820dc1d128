"""Per-lumisection values of many names into merged ranges per name."""

from collections.abc import Iterable, Mapping

from ingest.files.records import Bits, Value


def merged(segments: Iterable[tuple[int, int, Mapping[str, Value]]]) -> Bits:
    """Return ranges of equal value per name, from segments (first, last, values) in order."""
    out: dict[str, list[tuple[int, int, Value]]] = {}
    for first, last, values in segments:
        for name, value in values.items():
            spans = out.setdefault(name, [])
            if spans and spans[-1][1] + 1 == first and spans[-1][2] == value:
                spans[-1] = (spans[-1][0], last, value)
            else:
                spans.append((first, last, value))
    return {name: tuple(spans) for name, spans in out.items()}
