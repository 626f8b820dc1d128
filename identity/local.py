"""Local users, chosen by name: for a registry that serves its own machine only."""

from ipaddress import ip_address

from flask import Request

from identity.errors import Unidentified
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

#: the name that the published client gives in local mode, whoever runs it; it may all that its functions do
API_CLIENT = Author(
    "api@api",
    True,
    frozenset({"cms-dqm-runregistry-experts", "cms-dqm-oncall"}),
    "Whoever runs the client here (illustrative)",
)
_PROXIES = ("x-forwarded-", "forwarded", "x-real-ip")


def user(name: str | None) -> Author | None:
    """Return the local user of a name, or None."""
    return next((u for u in (*USERS, API_CLIENT) if u.name == name), None)


def require_this_machine(request: Request) -> None:
    """Let through what was asked on this machine, by no proxy and under no other name.

    Raises:
        Unidentified: it comes from elsewhere, or may.
    """
    proxied = [name for name, _ in request.headers if name.lower().startswith(_PROXIES)]
    if proxied:
        raise Unidentified(f"A proxy stands before this registry ({proxied[0]}): local users are not for it.")
    # none outside a server; a name of elsewhere that was made to lead here is not this machine
    if not (_is_loopback(request.remote_addr) and _is_loopback(_host(request.host))):
        raise Unidentified("Local users are for the machine itself, under its own name, such as localhost.")


def _host(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _is_loopback(address: str | None) -> bool:
    if address is None or address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
