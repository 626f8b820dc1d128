"""What a new offline dataset starts with: verdicts from the online ones, states from the run's class."""

from collections.abc import Iterator

from ingest.working_set.clauses import Logic, bit, either, every, is_class, status
from ingest.working_set.runs import COLLISIONS, COSMICS, HEAVY_ION
from model.rulebook.texts import Purpose, RuleText
from model.vocabulary import LEVEL_OF, OFFLINE_COLUMNS, ONLINE_COLUMNS, Level, State

OFFLINE = "/%"
_SAME = tuple(column for column in OFFLINE_COLUMNS if column in ONLINE_COLUMNS)
_TRACKER = ("tracker-pixel", "tracker-strip")
#: objects that need beams; a cosmics run says nothing of them
_NEED_BEAM = tuple(ws for ws, level in LEVEL_OF.items() if level is Level.POG and ws != "muon") + (
    "ctpps",
    "lumi",
)
#: not read out since Run 3 began
_RETIRED = ("castor",)


def rules() -> dict[str, RuleText]:
    """Return the defaults by name."""
    return {
        **{name: text for column in _SAME for name, text in _copied(column)},
        **dict(_tracking()),
        **dict(_workspaces()),
    }


def _copied(column: str) -> Iterator[tuple[str, RuleText]]:
    for priority, value in ((10, "EXCLUDED"), (20, "BAD"), (30, "STANDBY"), (40, "GOOD")):
        said = f"Online it was {value}."
        yield _default(column, value, priority, status(column, value), said)


def _tracking() -> Iterator[tuple[str, RuleText]]:
    """Yield the defaults of tracking: as good as what it tracks with."""
    bad = either([*(status(c, "BAD") for c in _TRACKER), bit("cms_active", False)])
    standby = either(status(c, "STANDBY") for c in _TRACKER)
    yield _default("tracker-track", "BAD", 10, bad, "Pixel or strips BAD online, or CMS not active.")
    yield _default("tracker-track", "STANDBY", 20, standby, "Pixel or strips in STANDBY online.")
    good = every(status(c, "GOOD") for c in _TRACKER)
    yield _default("tracker-track", "GOOD", 30, good, "Pixel and strips GOOD online.")


def _workspaces() -> Iterator[tuple[str, RuleText]]:
    for workspace, level in LEVEL_OF.items():
        if level is Level.COORDINATION:
            continue
        if workspace in _RETIRED:
            year = {">=": [{"var": "run.run_number"}, 350000]}
            yield _asked(workspace, State.NOT_SIGNIFICANT, 10, year, "Not read out since Run 3 began.")
            continue
        classes = [COLLISIONS, HEAVY_ION] + ([] if workspace in _NEED_BEAM else [COSMICS])
        yield _asked(workspace, State.OPEN, 20, is_class(*classes), f"Certified in {', '.join(classes)}.")
        others = {"!": [is_class(*classes)]}
        yield _asked(workspace, State.NOT_SIGNIFICANT, 30, others, f"Nothing to certify but {classes[0]}.")


def _default(column: str, value: str, priority: int, logic: Logic, words: str) -> tuple[str, RuleText]:
    text = RuleText(logic, "unknown", words, OFFLINE, Purpose.OFFLINE_DEFAULT, column, value, priority)
    return f"offline-{column}-{value.lower()}", text


def _asked(workspace: str, state: State, priority: int, logic: Logic, words: str) -> tuple[str, RuleText]:
    purpose = Purpose.WORKSPACE_SIGNIFICANCE
    text = RuleText(logic, "bad", words, OFFLINE, purpose, workspace, state.value, priority)
    return f"workspace-{workspace}-{'open' if state is State.OPEN else 'not-significant'}", text
