"""What a program may be refused for: every code of the model, with its status and what it means."""

from api.errors import FAILURE, STATUS, TITLES
from api.noun import noun

blueprint = noun("problems", "/problems")


@blueprint.get("")
def read() -> dict[str, dict[str, object]]:
    """Return what each `code` of a refusal means, and its HTTP status."""
    statuses = {error.code: status for error, status in STATUS.items()}
    told: dict[str, dict[str, object]] = {
        code: {"title": title, "status": statuses.get(code, 400)} for code, title in TITLES.items()
    }
    return {**told, FAILURE: {"title": "Something failed that nobody foresaw.", "status": 500}}
