"""What one query may use, and how many run at once."""

from dataclasses import dataclass

#: longer than any query a person writes; one that a program writes can be cut
LONGEST_SQL = 20_000
FORMATS = ("json", "csv", "parquet", "arrow")
_MIB = 2**20


@dataclass(frozen=True)
class Limits:
    """The limits of the query process; each is a setting of the same name."""

    time_s: float = 20.0
    memory_mib: int = 512
    rows: int = 100_000
    answer_mib: int = 32
    each: int = 2
    at_once: int = 4
    threads: int = 2

    @property
    def memory_bytes(self) -> int:
        """What the database may allocate."""
        return self.memory_mib * _MIB

    @property
    def answer_bytes(self) -> int:
        """What an answer may hold, as it lies in memory."""
        return self.answer_mib * _MIB

    def plain(self) -> dict[str, float]:
        """Return them for a screen or a program."""
        return {
            "time_s": self.time_s,
            "memory_mib": self.memory_mib,
            "rows": self.rows,
            "answer_mib": self.answer_mib,
            "at_once_each": self.each,
            "sql_characters": LONGEST_SQL,
        }
