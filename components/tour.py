"""Guided tours, one per role: what a newcomer looks at, in which order; `assets/tour.js` walks them.

A tour only shows and tells. It presses nothing: what is written, the hand writes that follows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

WHO = "shell-who"


@dataclass(frozen=True)
class Step:
    """One place of a tour.

    Args:
        page: the address it is on; what lies below it is it, too.
        at: the id of what is highlighted.
        until: what the hand does to go on: `press` (a press or a key in it), `key KeyL`, `walk /decide`.
        is_optional: left out where its element is not drawn.
    """

    page: str
    at: str
    title: str
    says: str
    until: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class Tour:
    """A walk across the pages of one role."""

    role: str
    steps: tuple[Step, ...]


def _who(page: str, name: str) -> Step:
    says = f"On this machine you may be anybody. Choose {name} here to see what such a person may do."
    return Step(page, WHO, "Who you are", says, "press", is_optional=True)


TOURS: Mapping[str, Tour] = MappingProxyType(
    {
        "online": Tour(
            "Online shift",
            (
                _who("/", "A. Shifter"),
                Step(
                    "/",
                    "board-current",
                    "The run that goes on",
                    "Number, fill, class, and the luminosity recorded and delivered. A replayed run says so.",
                ),
                Step(
                    "/",
                    "board-tiles",
                    "One tile per column",
                    "The worst come first. What is GOOD is quiet; ? waits for you. Press one to select it.",
                ),
                Step(
                    "/",
                    "lumisection-strip",
                    "The strip is where you work",
                    "Drag over it, or Tab to it and use the arrow keys: you select columns × lumisections.",
                    "press",
                ),
                Step(
                    "/",
                    "certify-panel",
                    "Say what you see",
                    "The keys G S E write at once, B asks for a cause first. A button shows what it would cost "
                    "in pb⁻¹ and waits for Apply. U takes back.",
                ),
                Step(
                    "/",
                    "run-actions",
                    "The end of a run",
                    "Give the stop reason and sign off. While something is undecided, it is listed here.",
                ),
                Step(
                    "/",
                    "board-queue",
                    "What needs a decision",
                    "Most luminosity first. Press its title to work through all of it.",
                    "walk /decide",
                ),
                Step(
                    "/decide",
                    "decide-item",
                    "One thing at a time",
                    "Who said what of which lumisections, and the status to press. J and K move on.",
                    "key KeyJ KeyK",
                ),
            ),
        ),
        "offline": Tour(
            "Offline shift",
            (
                _who("/certify", "T. Certifier"),
                Step(
                    "/certify",
                    "certify-workspaces",
                    "Your workspace",
                    "Those that you may certify are marked; in the others you may look. Press yours.",
                    "press",
                ),
                Step(
                    "/certify",
                    "certify-head",
                    "Which datasets",
                    "Express comes an hour after a run, Prompt two days later. On the right: how much is open.",
                ),
                Step(
                    "/certify",
                    "certify-grid",
                    "Datasets and columns",
                    "A letter is the worst status, with its share beside it. Press a cell, or move by arrows.",
                    "press",
                ),
                Step(
                    "/certify",
                    "certify-panel",
                    "What you are about to say",
                    "What is selected, what a status would change, why it is as it is. On the grid a letter "
                    "writes at once, and U takes it back; A makes all that is open GOOD.",
                ),
                Step(
                    "/certify",
                    "certify-grid",
                    "Its lumisections",
                    "Press L on a row: its lumisections open under it, to certify a part. L closes them again.",
                    "key KeyL",
                ),
                Step(
                    "/certify",
                    "filter-builder-chips",
                    "Only what concerns you",
                    "Press F, or a chip, to keep the datasets with something open, or BAD, or as you ask.",
                    "key KeyF",
                ),
                Step(
                    "/certify",
                    "certify-panel",
                    "Sign off",
                    "Shift + Enter signs the selected datasets off; what is missing is shown before.",
                ),
            ),
        ),
        "expert": Tour(
            "Expert",
            (
                Step(
                    "/trends",
                    "trends-good",
                    "Runs out of the usual",
                    "Each point is a run; those outside of the band are named. Drag over some.",
                    "press",
                ),
                Step(
                    "/trends",
                    "trends-losses",
                    "Where luminosity was lost",
                    "Press a bar: every other plot is then about it.",
                    "press",
                ),
                Step(
                    "/trends",
                    "trends-opened",
                    "The runs behind it",
                    "Their lumisections, to be certified from here or looked at on the map.",
                ),
                Step(
                    "/map",
                    "era-map-place",
                    "A whole era at once",
                    "A line per run, a point per lumisection. Drag, or move by arrows, to pick some.",
                    "press",
                ),
                Step(
                    "/map",
                    "era-map-legend",
                    "One colour alone",
                    "Press a line of the legend; above, choose what the colour tells.",
                    "press",
                ),
                Step(
                    "/consistency",
                    "consistency-rows",
                    "What cannot be so",
                    "Runs that contradict themselves, most luminosity first. Press one to see what, and what "
                    "would mend it.",
                    "press",
                ),
                Step(
                    "/rules",
                    "rules-list",
                    "Rules speak first",
                    "Where no person spoke, these decide. Press one to read it.",
                    "press",
                ),
                Step(
                    "/rules",
                    "rules-body",
                    "Try before it holds",
                    "Ask it about one lumisection, draft a change, back-test it over an era; a second person "
                    "activates it.",
                ),
            ),
        ),
        "coordinator": Tour(
            "Coordinator",
            (
                Step(
                    "/golden",
                    "golden-rule",
                    "The rule, clause by clause",
                    "Beside each stands what it costs. Switch one off: only your own view changes.",
                    "press",
                ),
                Step(
                    "/golden",
                    "golden-waterfall",
                    "From recorded to golden",
                    "Each step is luminosity that the next clause refuses.",
                ),
                Step(
                    "/golden",
                    "golden-causes-against",
                    "Against an earlier list",
                    "Choose the official one, or a moment: each difference has its cause and its pb⁻¹.",
                ),
                Step(
                    "/golden",
                    "golden-result",
                    "The list itself",
                    "Download it with its manifest. Proposed further below, a second person makes it official.",
                ),
                Step(
                    "/products",
                    "products-body",
                    "What is official",
                    "Versions of each series; drop a file below to learn what it is.",
                ),
                Step(
                    "/cycles",
                    "cycles-next",
                    "What is due",
                    "The next cycle is proposed, and each dataset that is left out has its reason.",
                ),
                Step(
                    "/reports",
                    "reports-view",
                    "What to tell",
                    "A report of a week, an era or a cycle is frozen with its digest, and stays as it was.",
                ),
                Step(
                    "/log",
                    "log-rows",
                    "Who did what",
                    "Every action with its pb⁻¹. Press one to see what it touched and how to take it back.",
                    "press",
                ),
            ),
        ),
    }
)
