"""Local users, chosen by name: for a registry that serves its own machine only."""

from model.authors import Author

_DC = "cms-dqm-runregistry-data-certification"

#: illustrative: nobody of these names works at CMS
USERS = (
    Author(
        "a.shifter", True, frozenset({"cms-dqm-runregistry-online-shifters"}), "A. Shifter (online shifter)"
    ),
    Author(
        "b.expert",
        True,
        frozenset({"cms-dqm-runregistry-experts", "cms-dqm-oncall"}),
        "B. Expert (run registry expert)",
    ),
    Author(
        "t.certifier",
        True,
        frozenset({"cms-dqm-runregistry-offline-tracker-certifiers"}),
        "T. Certifier (tracker)",
    ),
    Author("d.coordinator", True, frozenset({_DC}), "D. Coordinator (data certification)"),
    Author("r.reader", True, frozenset(), "R. Reader (reads only)"),
    Author("p.program", False, frozenset({"run-registry-programs"}), "P. Program (proposes only)"),
)
DEFAULT = USERS[0]


def user(name: str | None) -> Author | None:
    """Return the local user of a name, or None."""
    return next((u for u in USERS if u.name == name), None)
