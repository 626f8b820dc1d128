"""Refusals of those whom the registry does not know."""

from model.errors import RunRegistryError


class Unidentified(RunRegistryError):
    """Nobody can tell who is asking; the sentence says how to."""

    code = "unidentified"

    def __init__(self, sentence: str, *, is_token: bool = False) -> None:
        super().__init__(sentence)
        self.is_token = is_token
