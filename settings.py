"""Every setting, typed, documented and checked at start; the only reader of the environment."""

from functools import cache
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError


class Settings(BaseSettings):
    """What can be set from outside; each field is the environment variable of its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="address the server binds")
    port: int = Field(8050, ge=1, le=65535, description="port the server binds")
    workers: int = Field(2, ge=1, le=64, alias="WEB_CONCURRENCY", description="server processes")
    threads: int = Field(16, ge=1, le=256, description="threads per server process")
    data_dir: Path = Field(Path("data"), description="folder of the embedded database, the cache and secrets")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in DATA_DIR")
    stream_socket: str = Field(
        "", description="where the event stream takes connections over; empty: in DATA_DIR"
    )
    secret_key: str = Field("", description="signs sessions; empty: made once and kept in DATA_DIR, mode 0600")

    @field_validator("database_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value:
            try:
                make_url(value)
            except ArgumentError as error:
                raise ValueError(f"DATABASE_URL is not a database URL: {error}") from error
        return value

    @property
    def stream_socket_path(self) -> Path:
        """Where web workers and the event stream meet."""
        return Path(self.stream_socket) if self.stream_socket else self.data_dir.absolute() / "stream.sock"

    @property
    def database(self) -> str:
        """The database URL that holds."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/registry.sqlite"


@cache
def load() -> Settings:
    """Return the settings of this process.

    Raises:
        ValidationError: a setting is of the wrong type or out of range.
    """
    return Settings()
