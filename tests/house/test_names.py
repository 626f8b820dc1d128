"""One name for one thing in every room: `components/x.py`, `callbacks/x.py`, `assets/x.js`."""

from pathlib import Path

from tests.house.files import committed


def _names(folder: str, suffix: str) -> set[str]:
    files = [path for path in committed() if path.parent == Path(folder) and path.suffix == suffix]
    return {path.stem for path in files} - {"__init__"}


def test_callbacks_are_named_after_their_component() -> None:
    assert not _names("callbacks", ".py") - _names("components", ".py")


def test_browser_functions_are_named_after_their_component() -> None:
    """A long one is cut into `x.js`, `x_part.js`, …: the parts keep the component's name in front."""
    components = _names("components", ".py")
    assert not [name for name in _names("assets", ".js") if not _belongs(name, components)]


def _belongs(name: str, components: set[str]) -> bool:
    return any(name == component or name.startswith(f"{component}_") for component in components)


def test_a_stray_browser_function_would_be_seen() -> None:
    assert _belongs("run_table", {"run_table"})
    assert _belongs("run_table_keys", {"run_table"})
    assert not _belongs("run_tables", {"run_table"})
