"""How the systems before this one name what a rule reads, and what each name is called here.

Source: the contexts in which the system in use evaluates its rules (class and significance: all of a run,
flat; online columns: run and lumisection, flat; offline columns and golden lists: by path), the query interface
of the system before it, and the golden logics that are kept with their lists.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from model.vocabulary import BITS


class Convention(StrEnum):
    """Where a rule comes from, which says what its names mean."""

    RUN = "flat-run"
    LUMISECTION = "flat-lumisection"
    NESTED = "nested"
    GOLDEN = "golden"
    DATASET = "dataset-row"
    V3 = "v3"


#: what each convention is for, in the words of a person
PURPOSE_OF = MappingProxyType(
    {
        Convention.RUN: "class and significance rules: flat names of a run",
        Convention.LUMISECTION: "online column rules: flat names of a run and a lumisection",
        Convention.NESTED: "offline column rules: paths, a verdict is an object",
        Convention.GOLDEN: "golden, muon and DCS-only logics: paths, a verdict is its status",
        Convention.DATASET: "workspace rules: a row of the table of datasets",
        Convention.V3: "selections of Run 1 and 2: columns of the query interface",
    }
)


@dataclass(frozen=True)
class Family:
    """All names that begin and end alike: what stands between is the same here.

    Args:
        caveat: what differs although the name is the same; "" where nothing does.
    """

    convention: Convention
    prefix: str
    suffix: str
    to_prefix: str
    to_suffix: str
    why: str
    caveat: str = ""


@dataclass(frozen=True)
class Alias:
    """One name on its own.

    Args:
        caveat: what differs although there is a name for it here; "" where nothing does.
    """

    convention: Convention
    name: str
    path: str
    why: str
    caveat: str = ""


_ANY_LUMISECTION = (
    "there a bit of a run is true when it is on any lumisection; "
    "here the whole rule has to hold on one and the same lumisection"
)

#: of one convention the first that gives a known path counts, as the later part of a context hides the earlier
FAMILIES = (
    Family(Convention.RUN, "", "", "run.rr.", "", "what the registry says of the run comes last"),
    Family(Convention.RUN, "", "", "run.oms.", "", "OMS attributes of the run"),
    Family(Convention.RUN, "", "", "lumisection.oms.", "", "bits of all lumisections", _ANY_LUMISECTION),
    Family(
        Convention.LUMISECTION, "", "", "lumisection.oms.", "", "OMS attributes of the lumisection come last"
    ),
    Family(Convention.LUMISECTION, "", "", "run.rr.", "", "what the registry says of the run"),
    Family(Convention.LUMISECTION, "", "", "run.oms.", "", "OMS attributes of the run"),
    Family(Convention.NESTED, "lumisection.rr.", ".status", "lumisection.rr.", "", "a verdict is its status"),
    Family(Convention.NESTED, "run.", "", "run.", "", "the same path"),
    Family(Convention.NESTED, "lumisection.oms.", "", "lumisection.oms.", "", "the same path"),
    Family(Convention.GOLDEN, "", "", "", "", "the same path"),
    Family(Convention.DATASET, "Run.rr_attributes.", "", "run.rr.", "", "the run of the dataset"),
    Family(Convention.DATASET, "Run.oms_attributes.", "", "run.oms.", "", "the run of the dataset"),
    Family(Convention.V3, "", "Present", "run.oms.", "_included", "whether a subsystem was in the run"),
)

_RENAMED = "the column was renamed when the system in use took over"
_ONCE = "an earlier context kept the dataset's name with the run"
_TRIPLET = "before columns had workspaces a verdict was called after its component"
_COLUMN = "a column of the query interface"
_VERDICT = "a component of the query interface, its run flag and its exceptions in one"
_LOW = (
    "GOOD is low pile-up here, as in the golden logic of 2018 that asks for BAD; "
    "where a registry means the opposite, turn the clause round"
)
_PATHS = (Convention.NESTED, Convention.GOLDEN)
_OLD_COLUMNS = (("tracker-pix", "tracker-pixel"), ("tracker-tracking", "tracker-track"))
_SAME = "castor csc ctpps dt ecal hcal hlt l1t lumi rpc".split()
_PARTS = {"l1tmu": "l1t-l1tmu", "l1tcalo": "l1t-l1tcalo", "es": "ecal-es"}
_COMPONENTS = {
    **{name: f"{name}-{name}" for name in _SAME},
    **_PARTS,
    "pix": "tracker-pixel",
    "strip": "tracker-strip",
}
#: what only the selections of Run 1 and 2 ask for; egam and jmet are the spellings of 2011
_OBJECTS = {
    "track": "tracker-track",
    "muon": "muon-muon",
    "egamma": "egamma-egamma",
    "egam": "egamma-egamma",
    "jetmet": "jetmet-jetmet",
    "jmet": "jetmet-jetmet",
}
_V3_COLUMNS = {
    "runNumber": "run.run_number",
    "runClassName": "run.rr.class",
    "bfield": "run.oms.b_field",
    "lhcEnergy": "run.oms.energy",
    "injectionScheme": "run.oms.injection_scheme",
    "datasetName": "dataset.name",
    "cmsActive": "lumisection.oms.cms_active",
    "beam1Present": "lumisection.oms.beam1_present",
    "beam2Present": "lumisection.oms.beam2_present",
    "beam1Stable": "lumisection.oms.beam1_stable",
    "beam2Stable": "lumisection.oms.beam2_stable",
}
_READY = tuple(bit.removesuffix("_ready") for bit in BITS if bit.endswith("_ready"))
#: the selections of 2011 write the ends out
_ENDS = tuple(
    (f"{part}{word[0]}", f"{part}{word}")
    for part in ("eb", "ee", "es", "dt", "csc")
    for word in ("minus", "plus")
)

ALIASES = (
    *(Alias(each, "run.name", "dataset.name", _ONCE) for each in _PATHS),
    *(
        Alias(convention, f"lumisection.rr.{old}{end}", f"lumisection.rr.{new}", _RENAMED)
        for convention, end in ((Convention.NESTED, ".status"), (Convention.GOLDEN, ""))
        for old, new in _OLD_COLUMNS
    ),
    Alias(Convention.NESTED, "lumisection.rr.cms_triplet.status", "lumisection.rr.cms-cms", _TRIPLET),
    *(
        Alias(Convention.NESTED, f"lumisection.rr.{old}_triplet.status", f"lumisection.rr.{new}", _TRIPLET)
        for old, new in _COMPONENTS.items()
    ),
    Alias(Convention.NESTED, "dataset.name", "dataset.name", "the same path"),
    Alias(
        Convention.NESTED, "lumisection.lumisection_number", "lumisection.lumisection_number", "the same path"
    ),
    Alias(Convention.DATASET, "name", "dataset.name", "the name of the row"),
    Alias(Convention.DATASET, "run_number", "run.run_number", "the run of the row"),
    Alias(Convention.DATASET, "Run.run_number", "run.run_number", "the run of the dataset"),
    *(Alias(Convention.V3, old, new, _COLUMN) for old, new in _V3_COLUMNS.items()),
    *(
        Alias(Convention.V3, f"{old}.status", f"lumisection.rr.{new}", _VERDICT)
        for old, new in {**_COMPONENTS, **_OBJECTS}.items()
    ),
    Alias(Convention.V3, "lowLumi.status", "lumisection.rr.dc-lowlumi", _COLUMN, _LOW),
    *(Alias(Convention.V3, f"{bit}Ready", f"lumisection.oms.{bit}_ready", _COLUMN) for bit in _READY),
    *(Alias(Convention.V3, f"{old}Ready", f"lumisection.oms.{bit}_ready", _COLUMN) for bit, old in _ENDS),
)

#: names that are known and have no counterpart, with what to do instead
WITHOUT_COUNTERPART = MappingProxyType(
    {
        "datasetState": "no rule reads the state of a dataset; ask for it where datasets are chosen",
        "dataset.global_state": "no rule reads the state of a dataset; ask for it where datasets are chosen",
        "all.status": "no column sums up the others; ask for each of them",
        "tracker.status": "lumisection.rr.tracker-track, tracker-pixel or tracker-strip: it says not which",
        "run.rr.short_run": "only runs from before 2019 have it",
        "short_run": "only runs from before 2019 have it",
    }
)
