"""What the doors of kept views answer."""

from pydantic import BaseModel

from api.answers.common import Told


class ToldView(BaseModel):
    """An address under a name."""

    owner: str
    name: str
    path: str
    search: dict[str, str]
    is_shared: bool
    address: str


class Views(Told):
    """Views that whoever asks sees."""

    views: list[ToldView]
