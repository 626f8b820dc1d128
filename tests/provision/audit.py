"""`python -m tests.provision.audit`: is a weakness known of any package that the product is made of?

What works anywhere is that every package has its exact version, and that this one is installed. Whether a
weakness is known is asked of the open database OSV, in one question with all pins; where it does not answer,
that is said plainly.
"""

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import requests

PINS = Path(__file__).parents[2] / "requirements.txt"
DATABASE = "https://api.osv.dev/v1/querybatch"
#: weaknesses that do not touch us: name in the database → why, and since when that is known
ACCEPTED: dict[str, str] = {}
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: *;.*)?$")
_PATIENCE_S = 5


def pins(text: str) -> dict[str, str]:
    """Return each package with its version.

    Raises:
        ValueError: a line is no exact version.
    """
    lines = [line.strip() for line in text.splitlines()]
    found = {}
    for line in (line for line in lines if line and not line.startswith("#")):
        if not (pin := _PIN.match(line)):
            raise ValueError(f"{line} is no exact version.")
        found[pin["name"]] = pin["version"]
    return found


def strangers(pinned: dict[str, str]) -> list[str]:
    """Return what is installed otherwise than pinned, each as a sentence."""
    said = []
    for name, wanted in pinned.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            said.append(f"{name} is not installed.")
            continue
        if found != wanted:
            said.append(f"{name} is pinned to {wanted}, and {found} is installed.")
    return said


def weaknesses(pinned: dict[str, str], database: str) -> list[str]:
    """Return what is known against a pin and not accepted, each as a sentence.

    Raises:
        RequestException: the database does not answer.
    """
    asked = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": which} for name, which in pinned.items()
    ]
    answer = requests.post(database, json={"queries": asked}, timeout=_PATIENCE_S)
    answer.raise_for_status()
    told: list[dict[str, Any]] = answer.json()["results"]
    return [
        f"{name} {which}: {weakness['id']}"
        for (name, which), result in zip(pinned.items(), told, strict=True)
        for weakness in result.get("vulns", ())
        if weakness["id"] not in ACCEPTED
    ]


def audit(text: str, database: str = DATABASE) -> tuple[int, str]:
    """Return 1 where something is wrong, 0 where nothing is known to be, and what to say."""
    pinned = pins(text)
    if wrong := strangers(pinned):
        return 1, "\n".join([*wrong, "make run and make test install what is pinned."])
    try:
        found = weaknesses(pinned, database)
    except requests.RequestException as error:
        return 0, (
            f"{len(pinned)} packages are installed as pinned, but whether a weakness is known of one was NOT "
            f"audited: {database} does not answer ({type(error).__name__})."
        )
    if found:
        return 1, "\n".join(
            ["Weaknesses are known:", *found, "Take newer versions, or accept them with a reason."]
        )
    return 0, f"{len(pinned)} packages are installed as pinned, and no weakness is known of them."


def main() -> int:
    """Audit the pins of the product."""
    status, said = audit(PINS.read_text(encoding="utf-8"))
    sys.stdout.write(f"{said}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
