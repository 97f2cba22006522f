"""All settings of an installation, read once from the environment.

Each is a variable `TRINHKY_<NAME>` or `TRINHKY_<SECTION>__<NAME>`; `docs/settings.md` lists them
and a test keeps the list true. Names that are not settings are refused, so that a slip of the pen
never passes in silence. What decrees change (margins, deadlines, days off) is data, not a setting.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from wiring.errors import SettingsError

PREFIX = "TRINHKY_"
DELIMITER = "__"
MEBIBYTE = 1024 * 1024

Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0)]
AbsolutePath = Annotated[Path, AfterValidator(Path.absolute)]
"""Made absolute when it is read: a process may change its working directory later."""


class ClockMode(StrEnum):
    """Where the office's time comes from."""

    SYSTEM = "system"
    SIMULATED = "simulated"


class TLS(StrEnum):
    """How the connection to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


class LogFormat(StrEnum):
    """How log lines look."""

    TEXT = "text"
    JSON = "json"


class Section(BaseModel):
    """Base of the sections: frozen, no unknown names, each field described by its docstring."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class MailSettings(Section):
    """Sending and receiving mail."""

    host: str = "127.0.0.1"
    """Mail server (SMTP) that takes our messages."""
    port: Port = 25
    """Its port."""
    tls: TLS = TLS.NONE
    """`none` (a server on this machine), `starttls` or `implicit`."""
    user: str | None = None
    """User name at the mail server, where it wants one."""
    password: SecretStr | None = None
    """Password at the mail server."""
    domain: str = "trinhky.invalid"
    """Domain in our Message-IDs; set it to the domain of the office's mailbox."""
    timeout_s: Seconds = 30
    """How long to wait for each answer of the mail server, in seconds."""
    final_timeout_s: Seconds = 600
    """How long to wait for the answer to a whole message, in seconds (RFC 5321 4.5.3.2.6)."""
    request_dsn: bool = True
    """Ask the mail server for delivery reports where it offers them."""
    inbox: AbsolutePath | None = None
    """Maildir with the mail that came in; by default `inbox` in the office's folder."""
    pickup: AbsolutePath | None = None
    """Folder of the channel `folder`; by default `pickup` in the office's folder."""


class TimestampSettings(Section):
    """The time-stamping authority and the revocation services."""

    url: str = "http://tsa.ca.gov.vn"
    """Address of the time-stamping authority (RFC 3161)."""
    proxy: str | None = None
    """HTTP proxy for time stamps, OCSP and CRL."""
    timeout_s: Seconds = 180
    """How long to wait for a time stamp, in seconds; the government's authority took 2 to 131 s."""
    revocation_timeout_s: Seconds = 20
    """How long to wait for an OCSP or CRL answer, in seconds."""
    fake_time: bool = False
    """Tell the demo's authority the simulated instant by header; only with the simulated clock."""


class PrefectSettings(Section):
    """The orchestrator."""

    api_url: str | None = None
    """Address of Prefect's API; without it a server of our own is started on this machine."""
    port: Port = 4200
    """Port of the server that we start; the next free one where it is taken."""
    work_pool: str = "trinhky"
    """Name of the work pool."""
    auth: SecretStr | None = None
    """`user:password` of Prefect's API, where it wants one."""
    run_lease_s: Seconds = 30
    """A run that has not shown itself for so long, in seconds, counts as dead."""
    slots: Annotated[int, Field(ge=1, le=256)] = 8
    """How many flow runs a worker drives at a time."""


class PortalSettings(Section):
    """The web portal."""

    host: str = "127.0.0.1"
    """Address on which the portal listens."""
    port: Port = 8080
    """Its port; `trinhky serve` takes the next free one where it is taken."""
    base_url: str | None = None
    """Address by which units reach the portal; stands in the links of our messages."""
    link_secret: AbsolutePath | None = None
    """File with the secret of the units' links; by default `link.secret` in the office's folder,
    made on first use, readable by its owner alone."""


class LogSettings(Section):
    """What is written to the log."""

    level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    format: LogFormat = LogFormat.TEXT
    """`text` for people, `json` for machines."""


class Settings(BaseSettings):
    """One installation. Build it with `load_settings`, pass it as an object, never change it."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        frozen=True,
        extra="forbid",
        validate_default=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    folder: AbsolutePath = Path("var/office")
    """Folder of the office: database, archive, keys, logs, Prefect's home. Relative to the working
    directory."""
    database: SecretStr | None = None
    """Database URL (`sqlite:///…`, `postgresql+psycopg://…`); by default SQLite in the folder."""
    archive: AbsolutePath | None = None
    """Folder of the archive; by default `archive` in the office's folder."""
    trust: AbsolutePath | None = None
    """Folder with the trust anchors (PEM, DER, P7B); by default `trust` in the office's folder."""
    keys: AbsolutePath | None = None
    """Folder of the PKCS#12 keys that officers open with their PIN; by default `keys` in the
    office's folder."""
    fonts: AbsolutePath = Path("node_modules/@expo-google-fonts/tinos")
    """Folder with the font of the documents."""
    clock: ClockMode = ClockMode.SYSTEM
    """`system`, or `simulated` for a story on a clock of its own."""
    size_limit_mib: Annotated[int, Field(ge=1, le=1024)] = 50
    """Largest file that is taken anywhere, in MiB."""
    mail: MailSettings = MailSettings()
    timestamps: TimestampSettings = TimestampSettings()
    prefect: PrefectSettings = PrefectSettings()
    portal: PortalSettings = PortalSettings()
    log: LogSettings = LogSettings()

    @override
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` hands over counts: it has looked at every name."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def home(self) -> Path:
        """The office's folder, absolute."""
        return self.folder

    @property
    def database_url(self) -> str:
        """URL of the database. May hold a password: never log it."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.home / 'office.sqlite'}"

    @property
    def archive_folder(self) -> Path:
        """Where the archive lies."""
        return self._inside(self.archive, "archive")

    @property
    def trust_folder(self) -> Path:
        """Where the trust anchors lie."""
        return self._inside(self.trust, "trust")

    @property
    def keys_folder(self) -> Path:
        """Where the PKCS#12 keys lie."""
        return self._inside(self.keys, "keys")

    @property
    def inbox_folder(self) -> Path:
        """The Maildir with incoming mail."""
        return self._inside(self.mail.inbox, "inbox")

    @property
    def pickup_folder(self) -> Path:
        """The folder of the channel `folder`."""
        return self._inside(self.mail.pickup, "pickup")

    @property
    def link_secret_file(self) -> Path:
        """The file with the secret of the units' links."""
        return self._inside(self.portal.link_secret, "link.secret")

    @property
    def prefect_home(self) -> Path:
        """Prefect's home: never the user's own."""
        return self.home / "prefect"

    @property
    def logs_folder(self) -> Path:
        """Where the processes that we start write their logs."""
        return self.home / "logs"

    @property
    def prefect_api_url(self) -> str:
        """Address of Prefect's API."""
        return self.prefect.api_url or f"http://127.0.0.1:{self.prefect.port}/api"

    @property
    def portal_url(self) -> str:
        """Address by which people reach the portal; without a slash at its end."""
        given = self.portal.base_url or f"http://{self.portal.host}:{self.portal.port}"
        return given.rstrip("/")

    @property
    def size_limit_bytes(self) -> int:
        """Largest file that is taken anywhere."""
        return self.size_limit_mib * MEBIBYTE

    def _inside(self, given: Path | None, name: str) -> Path:
        return given if given is not None else self.home / name


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingLine:
    """One setting as the documentation lists it."""

    name: str
    """The variable."""
    default: str
    """What holds where it is absent; empty for nothing."""
    meaning: str
    """One or two sentences."""
    place: tuple[str, ...]
    """Path of the field in `Settings`."""


def setting_lines(
    model: type[BaseModel] = Settings, place: tuple[str, ...] = ()
) -> Iterator[SettingLine]:
    """Yields every setting in the order of the classes."""
    for name, field in model.model_fields.items():
        here = (*place, name)
        default = field.default
        if isinstance(default, Section):
            yield from setting_lines(type(default), here)
            continue
        yield SettingLine(
            name=PREFIX + DELIMITER.join(here).upper(),
            default="" if default is None else _plain(default),
            meaning=" ".join((field.description or "").split()),
            place=here,
        )


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings.

    Args:
        environment: variables; by default those of this process.

    Raises:
        SettingsError: a name is unknown, a value cannot be right, or two do not fit together.
    """
    given = os.environ if environment is None else environment
    known = {line.name: line for line in setting_lines()}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            raise SettingsError(name, _unknown(name, known))
        *sections, leaf = known[name].place
        target = values
        for section in sections:
            target = target.setdefault(section, {})
        target[leaf] = value
    try:
        settings = Settings(**values)
    except ValidationError as err:
        raise _first_problem(err) from err
    _fit_together(settings)
    return settings


def changed(settings: Settings, **values: Any) -> Settings:  # noqa: ANN401 (fields of every type)
    """Returns the settings with some of them changed, checked anew.

    Args:
        settings: where to start from; stays as it is.
        values: by name, with `__` between section and name: `prefect__port=4300`.
    """
    given = settings_environment(settings)
    for name, value in values.items():
        key = PREFIX + name.upper()
        if value is None:
            given.pop(key, None)
        else:
            given[key] = _plain(value)
    return load_settings(given)


def settings_environment(settings: Settings) -> dict[str, str]:
    """Returns the variables that make the same settings in another process, secrets included."""
    found = {}
    for line in setting_lines():
        value: Any = settings
        for name in line.place:
            value = getattr(value, name)
        if value is not None:
            found[line.name] = _plain(value)
    return found


def process_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment for a process that we start: ours, without `PREFECT_*`, plus `extra`.

    The user's own Prefect settings must not reach our server, worker or clients.
    """
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", PREFIX))
    }
    return ours | dict(extra)


def adopt(environment: Mapping[str, str]) -> None:
    """Sets variables of this very process, for a library that reads nothing but them."""
    os.environ.update(environment)


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _unknown(name: str, known: Mapping[str, object]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Có phải là {close[0]}?" if close else ""
    return f"không có thiết lập nào tên như vậy.{hint}"


def _first_problem(err: ValidationError) -> SettingsError:
    first = err.errors(include_url=False, include_input=False)[0]
    name = PREFIX + DELIMITER.join(str(part) for part in first["loc"]).upper()
    return SettingsError(name, f"giá trị không hợp lệ ({first['msg']}).")


def _fit_together(settings: Settings) -> None:
    if settings.timestamps.fake_time and settings.clock is not ClockMode.SIMULATED:
        raise SettingsError(
            "TRINHKY_TIMESTAMPS__FAKE_TIME",
            "chỉ dùng được khi TRINHKY_CLOCK là simulated.",
        )
