"""Every setting, typed, documented and checked at start; the only reader of the environment."""

from functools import cache
from ipaddress import ip_address
from pathlib import Path
from socket import gethostname
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from model.sandbox.limits import Limits

_SHORTEST_SECRET = 16


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
    replay_speed: float = Field(
        10.0,
        ge=1,
        le=1000,
        description="how many times as fast as it was a fill is replayed, where no OMS is named",
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
    schedule_snapshots: bool = Field(
        True, description="keep every table as Parquet nightly, and once at the first start"
    )
    snapshot_keep_days: int = Field(
        90, ge=31, description="days after which a snapshot goes, unless a label names it or it is the newest"
    )
    schedule_verify: bool = Field(True, description="verify the whole journal nightly")
    schedule_backups: bool = Field(True, description="make and verify a backup nightly")
    backup_dir: str = Field("", description="folder of backups, better on another disk; empty: in DATA_DIR")
    backup_keep: int = Field(
        14, ge=2, description="so many of the newest backups stay; a night removes the others"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="how the log is written; json: one object a line, and one line for each request"
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="who asks /metrics from another machine must bear it; empty: nobody else may"
    )
    metrics_dir: str = Field(
        "",
        alias="PROMETHEUS_MULTIPROC_DIR",
        description="where server processes add up their counters; set by gunicorn.conf.py",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="signs sessions; empty: made once and kept in DATA_DIR, mode 0600"
    )
    auth: Literal["local", "proxy", "oidc"] = Field(
        "local",
        description="who asks: a local user on this machine only, whom a proxy names, or who logged in by OIDC",
    )
    rate_writes_per_min: int = Field(
        3000, ge=0, description="writes of one asker in a minute; more are answered 429; 0: no limit"
    )
    rate_questions_per_min: int = Field(
        3000,
        ge=0,
        description="questions of one asker in a minute that take long: lists, columns, SQL; 0: no limit",
    )
    rate_presses_per_min: int = Field(
        6000, ge=0, description="questions of the pages of one asker in a minute; 0: no limit"
    )
    rate_refused_per_min: int = Field(
        60, ge=0, description="tokens and logins of one address in a minute that do not hold; 0: no limit"
    )
    public_url: str = Field("", description="address under which people reach the registry; needed by OIDC")
    proxy_secret: SecretStr = Field(
        SecretStr(""), description="what the proxy proves itself with; at least 16 characters"
    )
    proxy_secret_header: str = Field("X-Proxy-Secret", description="the header that carries PROXY_SECRET")
    oidc_issuer: str = Field(
        "",
        description="issuer of logins and bearer tokens, such as https://…/realms/cern; https, or this machine",
    )
    oidc_client_id: str = Field("", description="name of this registry at the issuer")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="its secret there")
    oidc_audience: str = Field("", description="audience of bearer tokens; empty: OIDC_CLIENT_ID")
    oidc_groups_claim: str = Field("cern_roles", description="claim with the groups, or path.to.it")
    oidc_name_claim: str = Field("email", description="claim with the name that the journal knows a person by")
    oidc_ca_file: str = Field("", description="certificates to trust for the issuer; empty: the machine's own")
    session_s: int = Field(
        12 * 3600, ge=60, description="seconds after which one logs in again, whatever one did"
    )
    session_idle_s: int = Field(
        4 * 3600, ge=30, description="seconds without a deed after which a session ends"
    )
    session_groups_s: int = Field(300, ge=1, description="seconds after which somebody's groups are read again")

    @field_validator("database_url", "database_read_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value:
            try:
                make_url(value)
            except ArgumentError as error:
                # without the words of the error, which repeat the address and its password
                raise ValueError("this is no database URL such as postgresql://user:…@host/name") from error
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

    @field_validator("oidc_issuer", "public_url")
    @classmethod
    def _is_safe_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not (parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname))):
            raise ValueError(f"{value} must be https, or lie on this machine")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _knows_who_asks(self) -> Self:
        if self.auth == "local" and not _is_here(self.host):
            raise ValueError(
                f"AUTH=local lets everybody in who reaches it: HOST must be a loopback address, not {self.host}"
            )
        if self.auth == "proxy" and len(self.proxy_secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"AUTH=proxy needs a PROXY_SECRET of at least {_SHORTEST_SECRET} characters")
        needed = ("public_url", "oidc_issuer", "oidc_client_id", "oidc_client_secret")
        missing = [name.upper() for name in needed if not _has_value(getattr(self, name))]
        if self.auth == "oidc" and missing:
            raise ValueError(f"AUTH=oidc needs {', '.join(missing)}")
        if self.oidc_issuer and not self.bearer_audience:
            raise ValueError("OIDC_ISSUER needs OIDC_AUDIENCE or OIDC_CLIENT_ID: whom are its tokens for?")
        return self

    @property
    def bearer_audience(self) -> str:
        """Whom the issuer's bearer tokens must be for."""
        return self.oidc_audience or self.oidc_client_id

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
    def here(self) -> str:
        """The name of this host."""
        return self.host_name or gethostname()

    @property
    def snapshots_path(self) -> Path:
        """Where snapshots of the tables lie."""
        return self.data_dir.absolute() / "snapshots"

    @property
    def backups_path(self) -> Path:
        """Where backups lie."""
        return Path(self.backup_dir) if self.backup_dir else self.data_dir.absolute() / "backups"

    @property
    def database(self) -> str:
        """The database URL that holds."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute()}/registry.sqlite"


def _is_here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _has_value(found: str | SecretStr) -> bool:
    return bool(found.get_secret_value() if isinstance(found, SecretStr) else found)


@cache
def load() -> Settings:
    """Return the settings of this process.

    Raises:
        SystemExit: a setting cannot be; the sentence names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(refused(error)) from None


def refused(error: ValidationError) -> str:
    """Say what is wrong with which variable, without its value: it may be a secret."""
    lines = ["The Run Registry does not start: a setting cannot be."]
    for each in error.errors(include_input=False, include_url=False):
        name = str(each["loc"][0]).upper() if each["loc"] else "the settings"
        lines.append(f"  {name}: {each['msg'].removeprefix('Value error, ')}.")
    return "\n".join(lines)
