"""JsonLogic over HTTP: what a rule gives on one JSON document, and which of its parts decide.

Mode `jsonlogic` is json-logic-js 2.0.5 to the letter; what JSON cannot say (undefined, NaN, Infinity) is
null, as JavaScript's JSON.stringify writes it. Refused, in either mode: operators that do not exist, `log`
and `method`; a product of nothing and a `missing_some` without a list, which JavaScript refuses too; an
object with one key twice; numbers too large for a double; loops more than two deep; inside `reduce` what
could grow without bound: `map`, `merge`, `cat`, computed lists, and the accumulator inside itself; and
whatever is too long, too deep or could take too long. Mode `strict`, and every explanation, further refuses
what a rule of the registry may not hold: variables whose names are computed or empty, and objects that are
no operations.
"""

import json
import math
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify

from api.contract.noun import noun
from api.rule_questions.body import Question, Refused, question, refusal
from api.rule_questions.models import EvaluateBody, Evaluated, Explained, answers, documented
from api.rule_questions.work import refuse_evaluation, refuse_explanation
from rules.errors import RuleError, RulesError
from rules.explain import Trace, blame, clauses, explain
from rules.operators import look_up
from rules.parts import leaves as leaves_of
from rules.plan import Plan, build
from rules.semantics import apply
from rules.syntax import parse
from rules.unknown import NullPolicy, is_open
from rules.values import MISSING, Json, Value

blueprint = noun("rules", "/rules")


@blueprint.post("/evaluate", openapi_extensions=documented(EvaluateBody), responses=answers(Evaluated))
def evaluate() -> Response:
    """Evaluate a rule on data: its value, or in mode strict true, false or null.

    In mode strict the answer names, under `unknown`, the variables that leave it open.
    """
    return _answered(_evaluated)


@blueprint.post("/explain", openapi_extensions=documented(EvaluateBody), responses=answers(Explained))
def explain_one() -> Response:
    """Explain a rule on data: its value, its clauses in words, and the fewest parts that force the answer."""
    return _answered(_explained)


def _answered(answer: Callable[[Question], dict[str, Any]]) -> Response:
    try:
        return jsonify(answer(question()))
    except Refused as error:
        return refusal(error.status, error.code, str(error))
    except RuleError as error:
        return refusal(422, error.code, error.message, error.pointer)
    except RulesError as error:
        return refusal(422, "not-evaluable", str(error))


def _evaluated(asked: Question) -> dict[str, Any]:
    if asked.null is NullPolicy.UNKNOWN:
        return _strict(*_traced(asked))
    refuse_evaluation(asked.rule, asked.data)
    return {"result": _plain(apply(asked.rule, asked.data))}


def _explained(asked: Question) -> dict[str, Any]:
    plan, trace = _traced(asked)
    answer = _strict(plan, trace) if asked.null is NullPolicy.UNKNOWN else _evaluated(asked)
    named = [{"pointer": each.pointer, "text": each.text} for each in clauses(plan.rule)]
    return {**answer, "clauses": named, "blame": [_leaf(each) for each in blame(trace)]}


def _traced(asked: Question) -> tuple[Plan, Trace]:
    # as an object already loaded: parse() would read a text as JSON
    rule = parse(json.dumps(asked.rule) if isinstance(asked.rule, str) else asked.rule)
    plan = build(rule)
    refuse_explanation(plan, asked.data)
    values = {name: look_up(asked.data, name) for name in rule.variables}
    return plan, explain(plan, values, asked.null, bits=())


def _strict(plan: Plan, trace: Trace) -> dict[str, Any]:
    result = trace.claim
    leaves = {leaf.pointer: leaf for leaf in leaves_of(plan.root)}
    unknown: set[str] = set()
    for each in blame(trace) if result is None else ():
        atom = leaves[each.pointer].atom
        guarded = zip(atom.variables, atom.guards, strict=True)
        unknown.update(name for name, guard in guarded if is_open(each.inputs[name], guard))
    return {"result": result, "unknown": sorted(unknown)}


def _leaf(trace: Trace) -> dict[str, Any]:
    variables = {name: _plain(value) for name, value in trace.inputs.items()}
    said = {"pointer": trace.pointer, "text": trace.text, "truth": trace.claim}
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
