"""Every setting, typed, documented and checked at start; the only reader of the environment."""

from functools import cache
from pathlib import Path
from socket import gethostname
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
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
    database_read_url: str = Field(
        "", description="URL of a PostgreSQL replica for reads that it is far enough for; empty: none"
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="redis:// or rediss:// of what several hosts share; empty: one host, and DATA_DIR",
    )
    host_name: str = Field("", description="name of this host among several; empty: the machine's own")
    worker_processes: int = Field(
        2,
        ge=1,
        le=64,
        description="processes of `jobs worker`, which does background work with REDIS_URL",
    )
    oms_url: str = Field("", description="address of OMS's aggregation API, such as https://…/agg/api/v1")
    oms_auth: Literal["none", "api-access", "exchange"] = Field(
        "none",
        description="how OMS is shown who asks: not at all, by one token, or by a token exchanged for another",
    )
    oms_token_url: str = Field("", description="where tokens are had; must be https outside this machine")
    oms_client_id: str = Field("", description="name of this registry at the token service")
    oms_client_secret: SecretStr = Field(SecretStr(""), description="its secret")
    oms_audience: str = Field("cmsoms-prod", description="whom the token is for")
    oms_ca_file: str = Field(
        "", description="certificates to trust for OMS; empty: those of the machine's requests"
    )
    oms_poll_s: float = Field(2.0, ge=0.1, le=3600, description="seconds between two questions to OMS for news")
    oms_requests_per_s: float = Field(10.0, gt=0, le=1000, description="requests to OMS per second at most")
    oms_whole_read_s: float = Field(
        60.0, ge=0, description="seconds after which a growing run is read whole again"
    )
    oms_first_run: int = Field(
        0, ge=0, description="run from which a fresh registry reads; 0: the newest 50 only"
    )
    stream_socket: str = Field(
        "", description="where the event stream takes connections over; empty: in DATA_DIR"
    )
    webhook_private: bool = Field(False, description="webhooks may go to addresses inside this network")
    schedule_hour_utc: int = Field(3, ge=0, le=23, description="hour at which scheduled work of a night begins")
    schedule_series: str = Field(
        "dcs-only-2024", description="series of products that are published nightly, by commas; empty: none"
    )
    schedule_sentinel: bool = Field(True, description="look nightly for runs that contradict themselves")
    schedule_reports: bool = Field(
        True, description="freeze the certification report of each week that is over"
    )
    secret_key: str = Field("", description="signs sessions; empty: made once and kept in DATA_DIR, mode 0600")

    @field_validator("database_url", "database_read_url")
    @classmethod
    def _is_url(cls, value: str, info: ValidationInfo) -> str:
        if value:
            try:
                make_url(value)
            except ArgumentError as error:
                name = str(info.field_name).upper()
                raise ValueError(f"{name} is not a database URL: {error}") from error
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("redis://", "rediss://")):
            raise ValueError("REDIS_URL does not begin with redis:// or rediss://")
        return value

    @model_validator(mode="after")
    def _is_shared_whole(self) -> Self:
        """Several hosts share a database and a key for sessions, or a person is somebody else on each."""
        if self.database_read_url and not self.database_url.startswith("postgresql"):
            raise ValueError("DATABASE_READ_URL is a replica of PostgreSQL: DATABASE_URL must be one too")
        if self.redis_url.get_secret_value() and not (self.secret_key and self.database_url):
            raise ValueError("REDIS_URL is for several hosts: all need one DATABASE_URL and one SECRET_KEY")
        return self

    @property
    def stream_socket_path(self) -> Path:
        """Where web workers and the event stream meet."""
        return Path(self.stream_socket) if self.stream_socket else self.data_dir.absolute() / "stream.sock"

    @property
    def here(self) -> str:
        """The name of this host."""
        return self.host_name or gethostname()

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
