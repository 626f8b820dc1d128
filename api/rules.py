"""JsonLogic over HTTP: what a rule gives on one JSON document, and which of its parts decide.

Mode `jsonlogic` is json-logic-js 2.0.5 to the letter; what JSON cannot say (undefined, NaN, Infinity) is
null, as JavaScript's JSON.stringify writes it. Refused, in either mode: operators that do not exist, `log`
and `method`; a product of nothing and a `missing_some` without a list, which JavaScript refuses too; an
object with one key twice; numbers too large for a double; loops more than two deep; inside `reduce` what
could grow without bound: `map`, `merge`, `cat`, lists and names of missing variables that are computed; and
whatever is too long, too deep or would take too long. Mode `strict`, and every explanation, further refuses
what a rule of the registry may not hold: variables whose names are computed or empty, and objects that are
no operations.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from api.rules_body import Asked, Refused
from api.rules_body import asked as read_question
from rules.errors import RuleError, RulesError
from rules.explain import Trace, blame, clauses, explain
from rules.operators import look_up
from rules.plan import Branch, Leaf, Node, Plan, build
from rules.semantics import apply
from rules.syntax import parse
from rules.unknown import FALSE, TRUE, UNKNOWN, NullPolicy, is_open
from rules.values import MISSING, Json, Value

blueprint = APIBlueprint("rules", __name__, url_prefix="/api/v1/rules", abp_tags=[Tag(name="rules")])


@blueprint.post("/evaluate")
def evaluate() -> Response:
    """Evaluate {rule, data, mode}: the value of the rule, or in mode strict true, false or null.

    In mode strict the answer names, under `unknown`, the variables that leave it open.
    """
    return _answered(_evaluated)


@blueprint.post("/explain")
def explain_one() -> Response:
    """Explain {rule, data, mode}: the same answer, the rule's clauses, and the leaves that decide."""
    return _answered(_explained)


def _answered(answer: Any) -> Response:
    try:
        return jsonify(answer(read_question()))
    except Refused as error:
        return _refusal(error.status, error.code, "", str(error))
    except RuleError as error:
        return _refusal(422, error.code, error.pointer, error.message)
    except RulesError as error:
        return _refusal(422, "not-evaluable", "", str(error))
    except RecursionError:
        return _refusal(422, "too-deep", "", "This is nested too deep to be evaluated.")


def _refusal(status: int, code: str, pointer: str, message: str) -> Response:
    response = jsonify({"error": "invalid", "code": code, "pointer": pointer, "message": message})
    response.status_code = status
    return response


def _evaluated(asked: Asked) -> dict[str, Any]:
    if asked.null is NullPolicy.BAD:
        return {"result": _plain(apply(asked.rule, asked.data))}
    return _strict(*_traced(asked))


def _explained(asked: Asked) -> dict[str, Any]:
    plan, trace = _traced(asked)
    answer = _strict(plan, trace) if asked.null is NullPolicy.UNKNOWN else _evaluated(asked)
    named = [{"pointer": each.pointer, "text": each.text} for each in clauses(plan.rule)]
    return {**answer, "clauses": named, "blame": [_leaf(each) for each in blame(trace)]}


def _traced(asked: Asked) -> tuple[Plan, Trace]:
    # as an object already loaded: parse() would read a text as JSON
    rule = parse(json.dumps(asked.rule) if isinstance(asked.rule, str) else asked.rule)
    plan = build(rule)
    values = {name: look_up(asked.data, name) for name in rule.variables}
    return plan, explain(plan, values, asked.null, bits=())


def _strict(plan: Plan, trace: Trace) -> dict[str, Any]:
    result = _truth(trace)
    leaves = {leaf.pointer: leaf for leaf in _leaves(plan.root)}
    unknown: set[str] = set()
    for each in blame(trace) if result is None else ():
        atom = leaves[each.pointer].atom
        guarded = zip(atom.variables, atom.guards, strict=True)
        unknown.update(name for name, guard in guarded if is_open(each.inputs[name], guard))
    return {"result": result, "unknown": sorted(unknown)}


def _truth(trace: Trace) -> bool | None:
    return {FALSE: False, UNKNOWN: None, TRUE: True}[trace.truth]


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, Branch):
        for child in node.children:
            yield from _leaves(child)


def _leaf(trace: Trace) -> dict[str, Any]:
    variables = {name: _plain(value) for name, value in trace.inputs.items()}
    said = {"pointer": trace.pointer, "text": trace.text, "truth": _truth(trace)}
    return {**said, "value": _plain(trace.value), "variables": variables}


def _plain(value: Value) -> Json:
    """Return a value as JSON.stringify writes it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if each is not MISSING}
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e21 else value
    return None if value is MISSING else value
