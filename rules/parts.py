"""Going through the parts of a plan, each once, however deep they are nested."""

from collections.abc import Iterator

from rules.plan import Branch, Leaf, Node
from rules.semantics import LOOPS
from rules.values import Json, operation


def postorder(root: Node) -> Iterator[Node]:
    """Yield every part, children before what they stand in."""
    seen: set[int] = set()
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, ready = waiting.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            waiting.append((node, True))
            if isinstance(node, Branch):
                waiting.extend((child, False) for child in reversed(node.children))


def leaves(root: Node) -> list[Leaf]:
    """Return every leaf, in the order of the rule."""
    return [node for node in postorder(root) if isinstance(node, Leaf)]


def is_costly(ast: Json) -> bool:
    """Tell whether evaluating a part goes through a list that is written out in the rule."""
    if isinstance(ast, list):
        return any(is_costly(each) for each in ast)
    operator, operands = operation(ast)
    if operator in LOOPS and operation(operands[0] if operands else None)[0] != "var":
        return True
    return any(is_costly(each) for each in operands)
