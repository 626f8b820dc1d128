"""Every setting, typed, documented and checked at start; the only reader of the environment."""

import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

#: a password in an address
_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")
_WORDS = MappingProxyType(
    {
        str: "text",
        int: "whole number",
        float: "number",
        bool: "true or false",
        Path: "folder",
        SecretStr: "secret",
    }
)
_PAGE = (
    "# Settings",
    "",
    "Each is a variable of the environment. What cannot be keeps the registry from starting, with a sentence",
    "that names the variable. `flask --app app settings` prints those that hold, with secrets hidden.",
    "",
    "Made by `flask --app app settings --page > docs/settings.md`.",
    "",
)


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

    @field_validator("database_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if value:
            try:
                make_url(value)
            except ArgumentError as error:
                # without the words of the error, which repeat the address and its password
                raise ValueError("this is no database URL such as postgresql://user:…@host/name") from error
        return value

    @property
    def stream_socket_path(self) -> Path:
        """Where web workers and the event stream meet."""
        return Path(self.stream_socket) if self.stream_socket else self.data_dir.absolute() / "stream.sock"

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


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return (Settings.model_fields[name].alias or name).upper()


def told(settings: Settings) -> dict[str, str]:
    """Return every variable with its value as it may be shown: secrets hidden."""
    return {variable(name): _shown(getattr(settings, name)) for name in Settings.model_fields}


def page() -> str:
    """Return `docs/settings.md`, made from the descriptions."""
    rows = [
        f"| `{variable(name)}` | {_type(field)} | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join([*_PAGE, "| variable | is | if not set | sets |", "|---|---|---|---|", *rows]) + "\n"


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set, hidden)" if value.get_secret_value() else ""
    return _PASSWORD.sub(r"\1:***@", str(value))


def _type(field: FieldInfo) -> str:
    if choices := get_args(field.annotation):
        return " or ".join(f"`{each}`" for each in choices)
    low, high = (_limit(field, *names) for names in (("ge", "gt"), ("le", "lt")))
    within = "" if low is None else f", from {low}" + ("" if high is None else f" to {high}")
    return _WORDS[cast(type, field.annotation)] + within


def _limit(field: FieldInfo, *names: str) -> object:
    found = [getattr(each, name, None) for each in field.metadata for name in names]
    return next((limit for limit in found if limit is not None), None)


def _default(field: FieldInfo) -> str:
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return f"`{value}`" if str(value) else "empty"
