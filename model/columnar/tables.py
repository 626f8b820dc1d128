"""The tables for programs, each described once: what a row is, and every column's type, unit and meaning."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection, select

from model.asof import held
from model.columnar.described import BIT, COUNT, ONE, REAL, STATUS, TEXT, TIME, WORD, Column, Table
from model.frames.schema import RUN_OMS, SCHEMA
from model.queries import datasets
from model.tables import cell_summary, term
from model.vocabulary import BITS, OFFLINE_COLUMNS, ONLINE, ONLINE_COLUMNS
from rules.schema import Variable

INVPB = "1/pb"
#: names of columns whose values depend on the luminosity source
OF_SOURCE = ("recorded_lumi_invpb", "delivered_lumi_invpb", "pileup")
_KINDS = {"number": REAL, "boolean": BIT}

_RUN = Column("run_number", COUNT, ONE, "number of the run, as OMS gives it")
_DATASET = Column("dataset", WORD, "", "name of the dataset; online is one of them")
_STAGE = Column("stage", WORD, "", "where in the processing: online, express, prompt, rereco")
_ERA = Column("era", WORD, "", "data-taking era, such as 2024C; empty where none was given")
_CLASS = Column("run_class", WORD, "", "class of the run, such as Collisions24; empty where none was given")
_FILL = Column("fill_number", COUNT, ONE, "LHC fill", can_be_null=True)
_OF_RUN = (_ERA, _CLASS, _FILL)
_LUMISECTION = Column(
    "lumisection", COUNT, ONE, "number of the lumisection in its run, from 1; numbers can be missing"
)
_SOURCE = Column(
    "lumi_source",
    WORD,
    "",
    "calibration of the luminosity in this row; two are never added up",
    can_be_null=True,
)
_COLUMN = Column("column", WORD, "", "what is certified, as workspace-column, such as tracker-pixel")
_FIRST = Column("first", COUNT, ONE, "first lumisection of the range")
_LAST = Column("last", COUNT, ONE, "last lumisection of the range, included")
_STATE = Column("state", WORD, "", "where it stands in the workflow: OPEN, SIGNOFF, COMPLETED, …")


def _lumi(of: str) -> tuple[Column, Column]:
    return (
        Column("recorded_lumi_invpb", REAL, INVPB, f"luminosity recorded {of}", can_be_null=True),
        Column("delivered_lumi_invpb", REAL, INVPB, f"luminosity delivered {of}", can_be_null=True),
    )


_PILEUP = Column("pileup", REAL, ONE, "interactions per bunch crossing", can_be_null=True)


def _of_oms(variable: Variable) -> Column:
    kind = _KINDS.get(variable.kind, TEXT)
    name = "oms_" + variable.path.removeprefix(RUN_OMS)
    unit = (variable.unit or ONE) if kind == REAL else ""
    return Column(name, kind, unit, f"OMS: {variable.doc}", can_be_null=True)


#: what OMS says of a run, by the name of the column
OMS = MappingProxyType(
    {
        _of_oms(variable).name: variable
        for variable in SCHEMA
        if variable.path.startswith(RUN_OMS) and variable.path != f"{RUN_OMS}run_number"
    }
)

RUNS = Table(
    "runs",
    "A row per run: the registry's own words about it, and what OMS says of it.",
    ("run_number",),
    (
        _RUN,
        *_OF_RUN,
        _STATE,
        Column("is_significant", BIT, "", "whether shifters look at the run", can_be_null=True),
        Column("stop_reason", TEXT, "", "why the run was stopped; empty where nobody said"),
        Column("start_time", TIME, "", "when the run began", can_be_null=True),
        Column("duration_s", REAL, "s", "how long the run lasted", can_be_null=True),
        Column("lumisections", COUNT, "LS", "how many lumisections the run has"),
        *_lumi("in all lumisections of the run"),
        _SOURCE,
        Column("assumed", TEXT, "", "attributes that nobody measured, separated by blanks"),
        Column(
            "replay_of",
            TEXT,
            "",
            "what a stand-in for OMS says it plays again; empty for a run that is what it seems",
        ),
        *(_of_oms(variable) for variable in OMS.values()),
    ),
)
DATASETS = Table(
    "datasets",
    "A row per run and dataset, hidden ones included.",
    ("run_number", "dataset"),
    (
        _RUN,
        _DATASET,
        _STAGE,
        *_OF_RUN,
        Column("is_hidden", BIT, "", "somebody took the dataset out of sight"),
        Column("in_gui", TEXT, "", "samples that the DQM GUI has of it, separated by blanks"),
        Column("lumisections", COUNT, "LS", "how many lumisections its run has"),
        *_lumi("in all lumisections of its run"),
        _SOURCE,
    ),
)
DATASET_STATES = Table(
    "dataset_states",
    "A row per run, dataset and workspace that has a state of its own there.",
    ("run_number", "dataset", "workspace"),
    (
        _RUN,
        _DATASET,
        Column("workspace", WORD, "", "group that certifies; global holds where a workspace has no state"),
        _STATE,
    ),
)


def _verdicts(name: str, sentence: str) -> Table:
    return Table(
        name,
        sentence,
        ("run_number", "dataset", "column", "first"),
        (
            _RUN,
            _DATASET,
            _STAGE,
            _COLUMN,
            Column("workspace", WORD, "", "group that owns the column"),
            _FIRST,
            _LAST,
            Column("status", STATUS, "", "GOOD, BAD, STANDBY, EXCLUDED or NOTSET"),
            Column("cause", WORD, "", "one word for why it is not GOOD; empty where none was given"),
            Column("comment", WORD, "", "what the author wrote; may be empty"),
            Column("author", WORD, "", "who said so: a person, or a rule with its version"),
            Column("is_person", BIT, "", "whether a person said so; a person outranks a rule"),
            Column("since", COUNT, ONE, "sequence at which this range was recorded"),
        ),
    )


VERDICT_RANGES = _verdicts(
    "verdict_ranges",
    "A row per range of lumisections on which a column of a dataset has one verdict: what counts. "
    "Hidden datasets are left out; lumisections without a row are EMPTY.",
)
OVERRULED_RANGES = _verdicts(
    "overruled_ranges",
    "A row per range on which a rule said what a person's verdict outranks: it does not count.",
)
LUMINOSITY = Table(
    "luminosity",
    "A row per run, luminosity source and lumisection of which the source knows something.",
    ("run_number", "source", "lumisection"),
    (
        _RUN,
        Column("source", WORD, "", "calibration; two are never added up"),
        _LUMISECTION,
        *_lumi("in the lumisection"),
        _PILEUP,
    ),
)
HISTORY = Table(
    "history",
    "A row per event of the journal: everything that ever happened, in order.",
    ("sequence",),
    (
        Column("sequence", COUNT, ONE, "place in the journal: the data version"),
        Column("recorded_at", TIME, "", "when it was recorded; never decreases"),
        Column("happened_at", TIME, "", "when it was true in the world; may be long before"),
        Column("kind", WORD, "", "what happened, such as verdicts-given"),
        Column("author", WORD, "", "who said so"),
        Column("is_person", BIT, "", "whether the author is a person"),
        Column("action", COUNT, ONE, "first sequence of the action it is part of; an action is undone as one"),
        Column("run_number", COUNT, ONE, "run that it concerns", can_be_null=True),
        Column("dataset", WORD, "", "dataset that it concerns", can_be_null=True),
        Column("comment", TEXT, "", "why; may be empty"),
        Column("payload", TEXT, "", 'the event itself as canonical JSON; a float is {"$f": "decimal"}'),
        Column("hash", TEXT, "", "hash of the journal's chain up to here, hexadecimal"),
    ),
)
PRODUCTS = Table(
    "products",
    "A row per range of lumisections of a list that was proposed or made official, such as a golden JSON.",
    ("product", "run_number", "first"),
    (
        Column("product", WORD, "", "name of the product, never used again"),
        Column("series", WORD, "", "what it is the next one of, such as golden-2024"),
        _STATE,
        Column("official_sequence", COUNT, ONE, "sequence at which it became official", can_be_null=True),
        _RUN,
        _FIRST,
        _LAST,
    ),
)


def lumisections(columns: Sequence[str] = tuple(dict.fromkeys((*OFFLINE_COLUMNS, *ONLINE_COLUMNS)))) -> Table:
    """Return the widest table: every bit, luminosity, and a status per certifiable column.

    Args:
        columns: as `workspace-column`; those of a new registry where not given.
    """
    return Table(
        "lumisections",
        "A row per run, dataset and lumisection that upstream has. A number that is missing upstream has no "
        "row. Hidden datasets are left out.",
        ("run_number", "dataset", "lumisection"),
        (
            _RUN,
            _DATASET,
            _LUMISECTION,
            _STAGE,
            *_OF_RUN,
            *_lumi("in the lumisection"),
            _PILEUP,
            _SOURCE,
            Column("prescale_index", COUNT, ONE, "prescale column of the trigger", can_be_null=True),
            Column("prescale_name", WORD, "", "name of the prescale column", can_be_null=True),
            *(Column(bit, BIT, "", f"bit {bit}; null where nobody knows", can_be_null=True) for bit in BITS),
            *(Column(name, STATUS, "", f"status of {name}; EMPTY where nobody spoke") for name in columns),
        ),
    )


#: those whose columns are always the same
FIXED = (RUNS, DATASETS, DATASET_STATES, VERDICT_RANGES, OVERRULED_RANGES, LUMINOSITY, HISTORY, PRODUCTS)


def tables(connection: Connection, at: int) -> Mapping[str, Table]:
    """Return every table by name as it is at a sequence: certifiable columns come and go."""
    found = (lumisections(certified(connection, at)), *FIXED)
    return {table.name: table for table in found}


def certified(connection: Connection, at: int) -> tuple[str, ...]:
    """Return every column that can be certified at a sequence, and those on which somebody has spoken."""
    query = select(term.c.text).join(cell_summary, cell_summary.c.column_id == term.c.id)
    spoken = connection.execute(query.where(held(cell_summary, at)).distinct().order_by(term.c.text)).scalars()
    offered = (*datasets.columns(connection, "", at), *datasets.columns(connection, ONLINE, at))
    return tuple(dict.fromkeys((*offered, *spoken)))
