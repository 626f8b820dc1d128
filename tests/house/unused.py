"""What is defined and never named again: dead code, as far as names tell."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

_WORD = re.compile(r"\w+")
#: bases that call nothing of ours
_OUR_OWN = {"NamedTuple", "Enum", "StrEnum", "IntEnum"}


def unused(sources: Mapping[str, str], elsewhere: Iterable[str] = ()) -> Iterator[str]:
    """Yield each definition of these files whose name stands nowhere else in them, nor in the texts elsewhere.

    A decorated one is called by what decorates it, a method of a class with a base by that base; a leading
    underscore does not count, for some are called by a word of a language.
    """
    words: Counter[str] = Counter()
    for text in (*sources.values(), *elsewhere):
        words.update(word.lstrip("_") for word in _WORD.findall(text))
    for path, text in sources.items():
        for node in _definitions(ast.parse(text)):
            if words[node.name.lstrip("_")] <= 1:
                yield f"{path}:{node.lineno}: {node.name} is named nowhere else"


def _definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not node.name.startswith("__") and (not node.decorator_list or _is_property(node)):
                yield node
            if isinstance(node, ast.ClassDef) and any(_is_foreign(base) for base in node.bases):
                continue
        yield from _definitions(node)


def _is_property(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "property" for each in node.decorator_list)


def _is_foreign(base: ast.expr) -> bool:
    return ast.unparse(base) not in _OUR_OWN
