"""`python -m tests.house.measured`: how large rooms are, what is longest in them, who imports in circles."""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import grimp

from tests.house.files import ROOT, committed, rooms

PAGE = ROOT / "docs" / "house-measured.md"
_LONGEST = 12


@dataclass(frozen=True)
class Function:
    """A function: where it stands, and how many lines it has with its docstring."""

    path: Path
    name: str
    lines: int


def main() -> int:
    """Measure and write the page; return 1 where modules import each other in a circle."""
    found = circles()
    PAGE.write_text("\n".join(page(found)) + "\n", encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written; circles: {len(found)}\n")
    return 1 if found else 0


def page(found: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# The house, measured"
    yield ""
    yield "Written by `python -m tests.house.measured`; what must hold is tested in `tests/house`."
    yield ""
    yield "| room | modules | lines | median module | longest module | functions | median function |"
    yield "|---|---|---|---|---|---|---|"
    everything: list[Function] = []
    for room in [*rooms(), "benchmarks", "tests"]:
        files = [path for path in committed() if path.suffix == ".py" and path.parts[0] == room]
        if not files:
            continue
        lines = {path: (ROOT / path).read_text().count("\n") for path in files}
        of_room = [each for path in files for each in functions(path)]
        everything += of_room if room != "tests" else []
        longest = max(files, key=lambda path: lines[path])
        told = f"{longest.relative_to(room) if longest.parts[1:] else longest} {lines[longest]}"
        middle = f"{median(each.lines for each in of_room):.0f}" if of_room else "none"
        yield (
            f"| `{room}` | {len(files)} | {sum(lines.values()):,} | {median(lines.values()):.0f} | {told} "
            f"| {len(of_room):,} | {middle} |"
        )
    yield ""
    yield "## Longest functions"
    yield ""
    yield "Lines with docstring; `tests` apart. The limit is 30 statements."
    yield ""
    yield "| function | lines |"
    yield "|---|---|"
    for each in sorted(everything, key=lambda each: -each.lines)[:_LONGEST]:
        yield f"| `{each.path}` {each.name} | {each.lines} |"
    yield ""
    yield "## Circles of imports"
    yield ""
    yield from found or ["None."]


def functions(path: Path) -> list[Function]:
    """Return the functions and methods of a module."""
    tree = ast.parse((ROOT / path).read_text())
    return [
        Function(path, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]


def circles() -> list[str]:
    """Return each pair of modules that import each other, themselves or through others."""
    packages = [room for room in rooms() if (ROOT / room).is_dir()]
    graph = grimp.build_graph(*packages)
    found = []
    for module in sorted(graph.modules):
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            if module < other and graph.chain_exists(importer=other, imported=module):
                found.append(f"- `{module}` and `{other}`")
    return found


if __name__ == "__main__":
    sys.exit(main())
