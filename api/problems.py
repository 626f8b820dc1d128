"""What a program may be refused for: every code of the model, with its status and what it means."""

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from api.errors import FAILURE, STATUS, TITLES

blueprint = APIBlueprint("problems", __name__, url_prefix="/api/v1/problems", abp_tags=[Tag(name="problems")])


@blueprint.get("")
def read() -> dict[str, dict[str, object]]:
    """Return what each `code` of a refusal means, and its HTTP status."""
    statuses = {error.code: status for error, status in STATUS.items()}
    told: dict[str, dict[str, object]] = {
        code: {"title": title, "status": statuses.get(code, 400)} for code, title in TITLES.items()
    }
    return {**told, FAILURE: {"title": "Something failed that nobody foresaw.", "status": 500}}
