"""Every setting, typed, documented and checked at start; the only reader of the environment."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from model.sandbox.limits import Limits


class Settings(BaseSettings):
    """What can be set from outside; each field is the environment variable of its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="address the server binds")
    port: int = Field(8050, ge=1, le=65535, description="port the server binds")
    workers: int = Field(2, ge=1, le=64, alias="WEB_CONCURRENCY", description="server processes")
    threads: int = Field(16, ge=1, le=256, description="threads per server process")
    data_dir: Path = Field(Path("data"), description="folder of the embedded database, the cache and secrets")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in DATA_DIR")
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
    query_socket: str = Field("", description="where the query process takes questions; empty: in DATA_DIR")
    query_time_s: float = Field(20.0, gt=0, le=600, description="seconds after which a query is stopped")
    query_memory_mib: int = Field(512, ge=64, le=65_536, description="MiB that one query may use")
    query_rows: int = Field(100_000, ge=1, le=10_000_000, description="rows that an answer has at most")
    query_answer_mib: int = Field(32, ge=1, le=1024, description="MiB that an answer holds at most")
    query_at_once_each: int = Field(2, ge=1, le=64, description="queries of one person or program at once")
    query_at_once: int = Field(4, ge=1, le=64, description="queries of everybody at once")
    query_threads: int = Field(2, ge=1, le=64, description="threads of one query")
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
    def query_socket_path(self) -> Path:
        """Where web workers and the query process meet."""
        return Path(self.query_socket) if self.query_socket else self.data_dir.absolute() / "query.sock"

    @property
    def query_limits(self) -> Limits:
        """What one query may use."""
        return Limits(
            time_s=self.query_time_s,
            memory_mib=self.query_memory_mib,
            rows=self.query_rows,
            answer_mib=self.query_answer_mib,
            each=self.query_at_once_each,
            at_once=self.query_at_once,
            threads=self.query_threads,
        )

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots."""
        return self.data_dir.absolute() / "snapshots"

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
