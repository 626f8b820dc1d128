"""Which datasets there are: by name, by pattern, and where they stand on the axis of frames."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select

from model.asof import AT, held
from model.errors import Invalid, NotFound
from model.pieces import AT_ONCE
from model.tables import dataset, dataset_fact

_LONGEST_PATTERN = 200
_IN_SIGHT = (
    select(dataset.c.id)
    .join(dataset_fact, dataset_fact.c.dataset_id == dataset.c.id)
    .where(dataset.c.run_number == bindparam("run_number"), dataset.c.name == bindparam("name"))
    .where(held(dataset_fact, AT), dataset_fact.c.document.not_like('%"hidden":true%'))
)
_LIKE = (
    select(dataset.c.id, dataset.c.run_number, dataset.c.name)
    .join(dataset_fact, dataset_fact.c.dataset_id == dataset.c.id)
    .where(dataset.c.name.like(bindparam("pattern"), escape="\\"), held(dataset_fact, AT))
    .where(dataset_fact.c.document.not_like('%"hidden":true%'))
    .order_by(dataset.c.run_number, dataset.c.name)
)
_LIKE_OF = _LIKE.where(dataset.c.run_number.in_(bindparam("runs", expanding=True)))


@dataclass(frozen=True)
class DatasetRef:
    """A dataset to put on the axis."""

    dataset_id: int
    run_number: int
    name: str


def ref(connection: Connection, at: int, run_number: int, name: str) -> DatasetRef:
    """Return one dataset of a run by its name.

    Raises:
        NotFound: there is none, or it was hidden.
    """
    found = connection.execute(_IN_SIGHT, {"run_number": run_number, "name": name, "at": at}).scalar()
    if found is None:
        raise NotFound(f"Run {run_number} has no dataset {name}.")
    return DatasetRef(found, run_number, name)


def require_pattern(pattern: str) -> None:
    """Let through what can be a pattern of dataset names.

    Raises:
        Invalid: it is blank, longer than any name, or ends in the middle of an escape.
    """
    if not pattern.strip() or len(pattern) > _LONGEST_PATTERN:
        raise Invalid(f"A dataset pattern has 1 to {_LONGEST_PATTERN} characters, such as /PromptReco/%/DQM.")
    if (len(pattern) - len(pattern.rstrip("\\"))) % 2:
        raise Invalid("The dataset pattern ends in a backslash, which escapes nothing there.")


def refs(
    connection: Connection, at: int, pattern: str, numbers: Collection[int] | None = None
) -> list[DatasetRef]:
    """Return the datasets whose name matches a LIKE pattern (`%` any text) and that were not hidden.

    Args:
        numbers: of these runs only.
    """
    asked: dict[str, Any] = {"pattern": pattern, "at": at}
    if numbers is not None and len(numbers) <= AT_ONCE:
        rows = connection.execute(_LIKE_OF, {**asked, "runs": list(numbers)})
    else:
        rows = connection.execute(_LIKE, asked)
    found = (DatasetRef(row.id, row.run_number, row.name) for row in rows)
    return [each for each in found if numbers is None or each.run_number in numbers]
