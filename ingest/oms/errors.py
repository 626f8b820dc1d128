"""What can go wrong with OMS: it does not answer, it does not let us in, or a record makes no sense."""


class OmsError(Exception):
    """The base; `str()` is a sentence."""


class Unreachable(OmsError):
    """No usable answer this time; asking again later may help.

    Args:
        wait_s: how long OMS says to wait, 0 where it does not say.
    """

    def __init__(self, sentence: str, wait_s: float = 0.0) -> None:
        super().__init__(sentence)
        self.wait_s = wait_s


class NotAllowed(OmsError):
    """OMS or the token service does not let us in."""


class NotAnswered(OmsError):
    """OMS refuses the question itself: asking again the same way does not help."""


class BadRecord(OmsError):
    """A run or lumisection as OMS gives it cannot be taken; the sentence says why."""
