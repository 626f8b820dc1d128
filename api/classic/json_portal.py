"""Golden lists for the client: asked for, polled, and the older call that waits."""

import math

from flask import Response

from api.classic.answers import answer
from api.classic.blueprint import door
from api.classic.bodies import body, text
from identity.here import asker
from model.classic import golden
from model.classic.golden import ANY_OFFLINE, Wish, granted, require_sound, wish_of
from model.journal import sequence_now
from model.registry import registry


@door("POST", "/json_portal/generate")
def generate() -> Response:
    """Take a wish where it can be granted, and return the id to poll with."""
    said = body("json_logic", "dataset_name_filter")
    names = text("dataset_name_filter", said["dataset_name_filter"])
    with registry().reading() as connection:
        wish = Wish(text("json_logic", said["json_logic"]), names, sequence_now(connection))
        require_sound(connection, wish)
    data = {"dataset_name_filter": wish.names, "json_logic": wish.written, "created_by": asker().name}
    return answer({"id": wish.ticket, "progress": 0, "data": {**data, "tags": "", "official": False}})


@door("POST", "/json_portal/json")
def poll() -> Response:
    """Return the list that was asked for: at once where it is quick, else how far it is, with status 202."""
    wish = wish_of(text("id_json", body("id_json")["id_json"]))
    with registry().reading() as connection:
        progress, found = granted(connection, registry().golden, wish, asker().name, turn_s=golden.TURN_S)
    return answer({"progress": progress}, 202) if found is None else answer({"final_json": found})


@door("POST", "/json_creation/generate")
def generate_at_once() -> Response:
    """Return the list of a logic that says itself which datasets it is about."""
    said = body("json_logic")
    with registry().reading() as connection:
        wish = Wish(text("json_logic", said["json_logic"]), ANY_OFFLINE, sequence_now(connection))
        _, found = granted(connection, registry().golden, wish, asker().name, turn_s=math.inf)
    assert found is not None
    named = found["generated_json_with_dataset_names"]
    return answer(
        {
            "final_json": found["generated_json"],
            "dataset_in_run_in_json": _names_by_run(list(named)),
            "final_json_with_dataset_names": named,
        }
    )


def _names_by_run(named: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for run, _, name in (each.partition("-") for each in named):
        found.setdefault(run, []).append(name)
    return found
