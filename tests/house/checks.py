"""What the house asks of a source file, as functions from text to complaints, so that each can be tried out."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import pairwise

MODULE_LINES = 300
PAGE_LINES = 60
STATEMENTS = 30

_NOQA = re.compile(r"#\s*noqa\b(?P<codes>:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*type:\s*ignore\b(?P<codes>\[[^\]]*\])?")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SKIPS = {"skip", "skipif", "xfail", "importorskip", "skipTest", "skipUnless", "expectedFailure"}

Check = Callable[[str], Iterator[str]]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@lru_cache(maxsize=1)
def _tree(source: str) -> ast.Module:
    """Return what a file says; several checks look at one file after the other."""
    return ast.parse(source)


def length(source: str, limit: int = MODULE_LINES) -> Iterator[str]:
    """Complain about a file of more lines than `limit`."""
    lines = source.count("\n")
    if lines > limit:
        yield f"1: {lines} lines, {limit} at most"


def page_length(source: str) -> Iterator[str]:
    """Complain about a long page."""
    yield from length(source, PAGE_LINES)


def statements(source: str) -> Iterator[str]:
    """Complain about functions of more than 30 statements."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            many = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
            many -= ast.get_docstring(node, clean=False) is not None
            if many > STATEMENTS:
                yield f"{node.lineno}: {node.name} has {many} statements, {STATEMENTS} at most"


def prints(source: str) -> Iterator[str]:
    """Complain about `print`."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield f"{node.lineno}: print"


def run_numbers(source: str) -> Iterator[str]:
    """Complain about a run number that is typed in: the modules of browser tests share one registry."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Constant) and type(node.value) is int and 300_000 <= node.value < 400_000:
            yield f"{node.lineno}: run {node.value}: small.first_of gives numbers that no other module has"


def blind_excepts(source: str) -> Iterator[str]:
    """Complain about a handler that catches everything and does not raise it again."""
    for node in ast.walk(_tree(source)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = {
            name.id for name in ast.walk(node.type or ast.Name("Exception")) if isinstance(name, ast.Name)
        }
        last = node.body[-1]
        raised_again = isinstance(last, ast.Raise) and last.exc is None
        if caught & {"Exception", "BaseException"} and not raised_again:
            yield f"{node.lineno}: catches everything"


def environment(source: str) -> Iterator[str]:
    """Complain about the environment read outside settings.py; a request's is another thing of that name."""
    for node in ast.walk(_tree(source)):
        names = {"environ", "environb", "getenv", "putenv"}
        by_attribute = isinstance(node, ast.Attribute) and node.attr in names
        by_attribute = by_attribute and ast.unparse(node) != "request.environ"
        by_import = isinstance(node, ast.ImportFrom) and any(name.name in names for name in node.names)
        if by_attribute or by_import:
            yield f"{node.lineno}: reads the environment"


def unexplained_silence(source: str) -> Iterator[str]:
    """Complain about a `noqa` or `type: ignore` that names no code or gives no reason."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        found = [match for pattern in (_NOQA, _IGNORE) for match in pattern.finditer(token.string)]
        reason = _IGNORE.sub("", _NOQA.sub("", token.string))
        if found and not all(match["codes"] for match in found):
            yield f"{token.start[0]}: silences everything, name the code"
        elif found and len(_WORD.findall(reason)) < 2:
            yield f"{token.start[0]}: silenced without a reason"


def skips(source: str) -> Iterator[str]:
    """Complain about tests that may not run or may not pass."""
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Attribute) and node.attr in _SKIPS:
            yield f"{node.lineno}: {node.attr}"
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.lineno}: {name.name}" for name in node.names if name.name in _SKIPS)


def docstrings(source: str) -> Iterator[str]:
    """Complain about public functions and classes of a module that say nothing about themselves."""
    for node in _tree(source).body:
        if isinstance(node, Definition) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{node.lineno}: {node.name} has no docstring"


def imports(source: str, module: str) -> Iterator[str]:
    """Complain about an import of this top-level module or of what is in it."""
    for node in ast.walk(_tree(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        if any(name.partition(".")[0] == module for name in names):
            yield f"{node.lineno}: imports {module}"


def imported_pages(source: str) -> Iterator[str]:
    """Complain about a page that imports a page: Dash would run it twice."""
    yield from imports(source, "pages")
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{node.lineno}: imports a neighbour"


def numbering(names: list[str]) -> Iterator[str]:
    """Complain about decisions not named NNNN-title.md, and about gaps and doubles from 0001 on."""
    good = sorted(name for name in names if re.fullmatch(r"\d{4}-[a-z0-9][a-z0-9-]*\.md", name))
    yield from (f"{name} is not named NNNN-title.md" for name in sorted(set(names) - set(good)))
    for before, after in pairwise(["0000", *good]):
        if int(after[:4]) != int(before[:4]) + 1:
            yield f"{after} does not follow {before}"
