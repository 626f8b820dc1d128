"""Which files the repository holds."""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def committed() -> list[Path]:
    """Return every file that is, or would be, committed, as paths below the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for name in set(listed.split("\0")) if name and (path := Path(name)) and _is_here(path))


def rooms() -> list[str]:
    """Return the product's rooms, modules at the top included, as pyproject.toml gives them to mypy."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(project["tool"]["mypy"]["files"])


def python(*tops: str) -> list[Path]:
    """Return the Python files in these folders, or with these names at the top."""
    return [path for path in committed() if path.suffix == ".py" and path.parts[0] in tops]


def product() -> list[Path]:
    """Return the Python files of the product."""
    return python(*rooms())


def _is_here(path: Path) -> bool:
    return (ROOT / path).is_file() and not (ROOT / path).is_symlink()
