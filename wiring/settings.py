"""All settings of an installation, read once from the environment.

Each is a variable `TRINHKY_<NAME>` or `TRINHKY_<SECTION>__<NAME>`; `docs/settings.md` lists them
and a test keeps the list true. Names that are not settings are refused, so that a slip of the pen
never passes in silence. What decrees change (margins, deadlines, days off) is data, not a setting.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from actions.office_file.reasons import reason_of
from wiring.errors import SettingsError
from wiring.sections import (
    AbsolutePath,
    ClockMode,
    EdxmlSettings,
    LogSettings,
    MailSettings,
    PortalSettings,
    PrefectSettings,
    RemoteSettings,
    RenewalSettings,
    RevocationSettings,
    Section,
    SFTPSettings,
    SignOnSettings,
    TimestampSettings,
    TokenSettings,
    WebhookSettings,
    named,
)

PREFIX = "TRINHKY_"
PROJECT = Path(__file__).resolve().parent.parent
TINOS = PROJECT / "node_modules" / "@expo-google-fonts" / "tinos"
DELIMITER = "__"
MEBIBYTE = 1024 * 1024
DATABASES = ("sqlite:///", "postgresql+psycopg://")
"""How the URL of a database may begin."""


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
    fonts: AbsolutePath | None = None
    """Folder with the font of the documents (Tinos); by default the one that `make setup`
    brings."""
    clock: ClockMode = ClockMode.SYSTEM
    """`system`, or `simulated` for a story on a clock of its own."""
    size_limit_mib: Annotated[int, Field(ge=1, le=1024)] = 50
    """Largest file that is taken anywhere, in MiB."""
    mail: MailSettings = MailSettings()
    webhook: WebhookSettings = WebhookSettings()
    edxml: EdxmlSettings = EdxmlSettings()
    sftp: SFTPSettings = SFTPSettings()
    timestamps: TimestampSettings = TimestampSettings()
    renewal: RenewalSettings = RenewalSettings()
    revocation: RevocationSettings = RevocationSettings()
    tokens: TokenSettings = TokenSettings()
    remote: RemoteSettings = RemoteSettings()
    prefect: PrefectSettings = PrefectSettings()
    portal: PortalSettings = PortalSettings()
    sso: SignOnSettings = SignOnSettings()
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
    def handwriting_folder(self) -> Path:
        """Where officers' own handwriting lies: `<officer>.png`, transparent, blue."""
        return self.home / "handwriting"

    @property
    def slots_folder(self) -> Path:
        """Where all processes of the office count their calls to a service."""
        return self.home / "slots"

    @property
    def fonts_folder(self) -> Path:
        """Where the font of the documents lies, wherever the product was started."""
        return self.fonts or TINOS

    @property
    def inbox_folder(self) -> Path:
        """The Maildir with incoming mail."""
        return self._inside(self.mail.inbox, "inbox")

    @property
    def pickup_folder(self) -> Path:
        """The folder of the channel `folder`."""
        return self._inside(self.mail.pickup, "pickup")

    @property
    def webhook_secrets_file(self) -> Path:
        """The file with the secrets of webhooks."""
        return self._inside(self.webhook.secrets, "webhook.secrets")

    @property
    def edxml_outbox_folder(self) -> Path:
        """The folder of the channel `edxml_folder`."""
        return self._inside(self.edxml.outbox, "edxml/out")

    @property
    def edxml_inbox_folder(self) -> Path:
        """Where other systems leave messages of QCVN 102."""
        return self._inside(self.edxml.inbox, "edxml/in")

    @property
    def edxml_secrets_file(self) -> Path:
        """The file with the secrets of addresses that `edxml_http` posts to."""
        return self._inside(self.edxml.secrets, "edxml.secrets")

    @property
    def edxml_senders_file(self) -> Path:
        """The file with the secrets of those who may post messages of QCVN 102 to us."""
        return self._inside(self.edxml.senders, "edxml.senders")

    @property
    def sftp_files(self) -> tuple[Path, Path, Path]:
        """Pinned keys, our own key, passwords."""
        return (
            self._inside(self.sftp.known_hosts, "sftp/known_hosts"),
            self._inside(self.sftp.key, "sftp/id_ed25519"),
            self._inside(self.sftp.passwords, "sftp/passwords"),
        )

    @property
    def link_secret_file(self) -> Path:
        """The file with the secret of the units' links."""
        return self._inside(self.portal.link_secret, "link.secret")

    @property
    def account_secret_file(self) -> Path:
        """The file with the key of second factors."""
        return self._inside(self.portal.account_secret, "account.secret")

    @property
    def sso_secret_file(self) -> Path:
        """The file with the portal's secret at the sign-on service."""
        return self._inside(self.sso.secret, "sso.secret")

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
    return SettingsError(name, f"giá trị không hợp lệ: {reason_of(first)}.")


def _fit_together(settings: Settings) -> None:
    if not settings.database_url.startswith(DATABASES):
        raise SettingsError("TRINHKY_DATABASE", f"phải bắt đầu bằng {' hoặc '.join(DATABASES)}.")
    if settings.timestamps.fake_time and settings.clock is not ClockMode.SIMULATED:
        raise SettingsError(
            "TRINHKY_TIMESTAMPS__FAKE_TIME",
            "chỉ dùng được khi TRINHKY_CLOCK là simulated.",
        )
    if (settings.sso.issuer is None) != (settings.sso.client_id is None):
        raise SettingsError(
            "TRINHKY_SSO__ISSUER", "phải đặt cùng với TRINHKY_SSO__CLIENT_ID, hoặc bỏ cả hai."
        )
    bearers = settings.remote.bearers
    strangers = set(named(bearers.get_secret_value()) if bearers else ()) - set(
        settings.remote.addresses
    )
    if strangers:
        raise SettingsError(
            "TRINHKY_REMOTE__BEARERS",
            "có tên không thuộc dịch vụ nào trong TRINHKY_REMOTE__SERVICES.",
        )
