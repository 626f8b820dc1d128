"""Pictures of screens, where they were taken: a command makes them, and a page says where each belongs."""

import os
import re
from pathlib import Path

DOCS = Path(__file__).parent.parent
_MARK = re.compile(r"<!-- picture: (?P<name>[a-z-]+): (?P<says>[^>]+?) -->")


def show_pictures(_app: object, page: str, source: list[str]) -> None:
    """Put a picture where a page wants it; one that was not taken is left out.

    Args:
        page: name of the page, from which the picture's path starts.
    """

    def shown(found: re.Match[str]) -> str:
        picture = DOCS / "pictures" / f"{found['name']}.png"
        path = os.path.relpath(picture, (DOCS / page).parent)
        return f"![{' '.join(found['says'].split())}]({path})" if picture.is_file() else ""

    source[0] = _MARK.sub(shown, source[0])
