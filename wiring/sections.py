"""The sections of the settings, each a frozen model; `wiring.settings` joins them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

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


def _issuer(value: str | None) -> str | None:
    parts = urlsplit(value or "")
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if value is not None and not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ValueError("phải là địa chỉ https://, hoặc http:// trên chính máy này")
    return value


class MailSettings(Section):
    """Sending and receiving mail."""

    host: str = "127.0.0.1"
    """Mail server (SMTP) that takes our messages."""
    port: Port = 25
    """Port of the mail server."""
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
    authorities: AbsolutePath | None = None
    """File with the certificates (PEM) that vouch for the mail servers' own, sending and IMAP; by
    default those that this machine trusts."""
    connections: Annotated[int, Field(ge=1, le=64)] = 4
    """How many connections to the mail server are open at once while many messages are sent."""
    per_session: Annotated[int, Field(ge=1, le=10_000)] = 90
    """Messages per connection, at most; where the server allows fewer, that is learnt from it."""
    greeting: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:\[\]-]{1,255}$")] = "[127.0.0.1]"
    """What we call ourselves to the mail server (EHLO); strict ones want this machine's full
    name."""
    imap_host: str | None = None
    """Mail server (IMAP) with the office's mailbox; without it the Maildir is read."""
    imap_port: Port = 993
    """Port of the IMAP server."""
    imap_tls: TLS = TLS.IMPLICIT
    """`none` (a server on this machine), `starttls` or `implicit`."""
    imap_user: str | None = None
    """User name at the IMAP server; by default `TRINHKY_MAIL__USER`."""
    imap_password: SecretStr | None = None
    """Password at the IMAP server; by default `TRINHKY_MAIL__PASSWORD`."""
    imap_folder: str = "INBOX"
    """Folder of the mailbox that is read."""
    imap_done_folder: str | None = None
    """Folder into which mail is moved once it was taken in; by default it stays and is marked as
    read, so that nobody else may read in that mailbox."""
    imap_timeout_s: Seconds = 60
    """How long to wait for each answer of the IMAP server, in seconds."""
    inbox: AbsolutePath | None = None
    """Maildir with the mail that came in; by default `inbox` in the office's folder."""
    pickup: AbsolutePath | None = None
    """Folder of the channel `folder`; by default `pickup` in the office's folder."""


class TimestampSettings(Section):
    """The time-stamping services and the revocation services."""

    url: str = ""
    """Address of the time-stamping service (RFC 3161). Without any nobody is asked, and signing
    waits, or goes on without time stamps where the office wants that."""
    urls: str = ""
    """Further time-stamping services with commas between: asked in this order where the one before
    gives no usable stamp."""
    proxy: str | None = None
    """HTTP proxy for time stamps, OCSP and CRL."""
    timeout_s: Seconds = 180
    """How long to wait for a time stamp, in seconds; the government's authority took 2 to 131 s."""
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    """How often each service is asked before the next one is."""
    pause_s: Annotated[float, Field(ge=0)] = 2
    """Pause before the second try, in seconds; doubled for each further one."""
    at_most: Annotated[int, Field(ge=1, le=64)] = 4
    """How many time stamps are asked for at once of each service, by all processes together."""
    revocation_timeout_s: Seconds = 20
    """How long to wait for an OCSP or CRL answer, in seconds."""
    fake_time: bool = False
    """Tell the demo's authority the simulated instant by header; only with the simulated clock."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of all services, in the order in which they are asked; each once."""
        named = (self.url, *self.urls.split(","))
        return tuple(dict.fromkeys(one.strip() for one in named if one.strip()))


class RenewalSettings(Section):
    """Looking again at what lies in the archive, and renewing its time stamps."""

    days_before: Annotated[int, Field(ge=1, le=1000)] = 90
    """A document gets a further archive time stamp so many days before the certificate ends that
    its verdict rests on."""
    every_days: Annotated[int, Field(ge=1, le=1000)] = 90
    """Each stored document is judged again at least so often, in days."""
    batch: Annotated[int, Field(ge=1, le=100_000)] = 500
    """How many documents are judged again in one night, at most; the longest waiting first."""


_HOST = r"[A-Za-z0-9.-]+(:[0-9]{1,5})?"
_HOSTS = rf"^({_HOST}(,{_HOST})*)?$"


class RevocationSettings(Section):
    """Fetching revocation data that a checked file lacks."""

    hosts: Annotated[str, Field(pattern=_HOSTS)] = ""
    """Hosts that may be asked by OCSP and CRL about a checked file, with commas between: `host`
    (ports 80 and 443) or `host:port`. None: nothing is ever fetched for a checked file."""
    timeout_s: Seconds = 5
    """How long to wait for each step of an answer, in seconds."""
    total_s: Seconds = 20
    """For all answers about one file together, in seconds."""
    requests: Annotated[int, Field(ge=1, le=64)] = 6
    """How many answers are asked for about one file, at most."""
    size_limit_mib: Annotated[int, Field(ge=1, le=64)] = 4
    """Largest answer, in MiB."""

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        """Host in lower case, and port."""
        found = set[tuple[str, int]]()
        for one in self.hosts.lower().split(",") if self.hosts else ():
            host, _, port = one.partition(":")
            found |= {(host, int(number)) for number in ((port,) if port else ("80", "443"))}
        return frozenset(found)


class WebhookSettings(Section):
    """The channel `webhook`: signed JSON to the systems of units."""

    hosts: Annotated[str, Field(pattern=_HOSTS)] = ""
    """Hosts that may be called, with commas between: `host` (port 443) or `host:port`. None: the
    channel calls nobody, whatever address a unit bears."""
    secrets: AbsolutePath | None = None
    """File with the secret of each address, a line `ADDRESS SECRET` each, at least 32 characters,
    for its owner alone; by default `webhook.secrets` in the office's folder."""
    authorities: AbsolutePath | None = None
    """File with the certificates (PEM) that vouch for the hosts; by default those that this
    machine trusts."""
    allow_http: bool = False
    """Also call addresses without TLS on other machines."""
    timeout_s: Seconds = 30
    """How long to wait for each step, in seconds."""
    total_s: Seconds = 120
    """How long a whole post with its answer may take, in seconds."""


class EdxmlSettings(Section):
    """The channels `edxml_folder` and `edxml_http`: messages of QCVN 102:2016 between systems."""

    outbox: AbsolutePath | None = None
    """Folder below which `edxml_folder` writes, a sub-folder for each unit's address; by default
    `edxml/out` in the office's folder."""
    inbox: AbsolutePath | None = None
    """Folder in which other systems leave messages for us, a sub-folder named by each sender's
    identifier in the office file; by default `edxml/in` in the office's folder."""
    hosts: Annotated[str, Field(pattern=_HOSTS)] = ""
    """Hosts that `edxml_http` may call, as for webhooks."""
    secrets: AbsolutePath | None = None
    """File with the secret of each address that `edxml_http` posts to, as for webhooks; by default
    `edxml.secrets` in the office's folder."""
    senders: AbsolutePath | None = None
    """File with the secret of each sender that may post to `/api/v1/edxml`, a line
    `IDENTIFIER SECRET` each, for its owner alone; by default `edxml.senders` in the office's
    folder. Without it nobody may."""
    authorities: AbsolutePath | None = None
    """File with the certificates (PEM) that vouch for the hosts; by default those that this
    machine trusts."""
    allow_http: bool = False
    """Also call addresses without TLS on other machines."""
    timeout_s: Seconds = 30
    """How long to wait for each step, in seconds."""
    total_s: Seconds = 120
    """How long a whole post with its answer may take, in seconds."""


class SFTPSettings(Section):
    """The channel `sftp`: files at the servers of units."""

    known_hosts: AbsolutePath | None = None
    """File with the pinned keys of the servers (OpenSSH's `known_hosts`); no other server is
    called; by default `sftp/known_hosts` in the office's folder."""
    key: AbsolutePath | None = None
    """Private key with which the office signs in, without passphrase, for its owner alone; by
    default `sftp/id_ed25519` in the office's folder."""
    passwords: AbsolutePath | None = None
    """File with passwords for servers that take no key, a line `user@host:port PASSWORD` each, for
    its owner alone; by default `sftp/passwords` in the office's folder."""
    timeout_s: Seconds = 30
    """How long a connection with its sign-in may take, in seconds."""
    total_s: Seconds = 300
    """How long one file may take, in seconds."""


_NAMED_ADDRESS = r"[a-z0-9][a-z0-9-]{0,39}=https?://[^\s,=]+"
_NAMED_FILE = r"[a-z0-9][a-z0-9-]{0,39}=/[^,=]+"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def named(text: str) -> dict[str, str]:
    """Reads `name=value,name=value`; only the first `=` of each divides."""
    pairs = (one.partition("=") for one in text.split(",") if one)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _each_once(text: str) -> str:
    if len(named(text)) != len([one for one in text.split(",") if one]):
        raise ValueError("có tên được khai hai lần")
    return text


def _protected(text: str) -> str:
    for name, url in named(text).items():
        address = urlsplit(url)
        if address.scheme != "https" and address.hostname not in LOOPBACK:
            raise ValueError(f"dịch vụ {name} phải dùng https")
        if address.query or address.fragment or address.username or not address.hostname:
            raise ValueError(f"địa chỉ của dịch vụ {name} chỉ gồm máy chủ và đường dẫn")
    return text


class TokenSettings(Section):
    """Tokens and HSMs at this machine (PKCS#11)."""

    modules: Annotated[
        str, Field(pattern=rf"^({_NAMED_FILE}(,{_NAMED_FILE})*)?$"), AfterValidator(_each_once)
    ] = ""
    """Libraries that may be loaded, as `name=/path/of/library.so`, with commas between;
    certificates call them by name. None: no token is ever opened."""
    wait_s: Seconds = 60
    """How long a signing waits for another one at the same token, in seconds."""

    @property
    def libraries(self) -> dict[str, Path]:
        """Path by name."""
        return {name: Path(path) for name, path in named(self.modules).items()}


class RemoteSettings(Section):
    """Remote signing services (Cloud Signature Consortium API 1.0.4)."""

    services: Annotated[
        str,
        Field(pattern=rf"^({_NAMED_ADDRESS}(,{_NAMED_ADDRESS})*)?$"),
        AfterValidator(_each_once),
        AfterValidator(_protected),
    ] = ""
    """Services as `name=https://host/path`, with commas between, without `/csc/v1`; certificates
    call them by name. Plain `http` only on this machine."""
    bearers: SecretStr | None = None
    """What the office shows to each service (bearer token), as `name=token`, with commas
    between."""
    authorities: AbsolutePath | None = None
    """File with the certificates (PEM) that vouch for the services' own; by default those that
    this machine trusts."""
    proxy: str | None = None
    """HTTP proxy on the way to the services."""
    timeout_s: Seconds = 30
    """How long to wait for each answer of a service, in seconds."""
    consent_timeout_s: Seconds = 180
    """How long to wait for leave to sign, in seconds: a person may have to confirm on a
    telephone."""

    @property
    def addresses(self) -> dict[str, str]:
        """Address by name."""
        return named(self.services)

    def bearer(self, service: str) -> str | None:
        """What the office shows to a service. A secret: never log it."""
        return named(self.bearers.get_secret_value()).get(service) if self.bearers else None


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
    account_secret: AbsolutePath | None = None
    """File with the key from which the secrets of officers' second factors are made; by default
    `account.secret` in the office's folder, made on first use, readable by its owner alone. Keep a
    copy apart from that of the database: without it every second factor must be set up anew."""
    link_days: Annotated[int, Field(ge=1, le=3660)] = 90
    """Days that a unit's link is good after the issue, its last deadline or the end of the
    follow-up, whichever is last; while the unit owes an answer it does not end."""


class SignOnSettings(Section):
    """Single sign-on by OpenID Connect; off without an issuer."""

    issuer: Annotated[str | None, AfterValidator(_issuer)] = None
    """Address of the sign-on service exactly as it names itself. Plain `http` only on this
    machine."""
    client_id: str | None = None
    """Under which name the service knows the portal; there its return address is
    `TRINHKY_PORTAL__BASE_URL` with `/dang-nhap/mot-lan/ve` behind it."""
    secret: AbsolutePath | None = None
    """File with the client's secret, for its owner alone; by default `sso.secret` in the office's
    folder."""
    name: Annotated[str, Field(min_length=1, max_length=60)] = "cổng của cơ quan"
    """How the service is called on the button, after "qua"."""
    link_by_email: bool = False
    """Let in, without an administrator's link, who has the address of exactly one officer and the
    service says that it verified the address."""
    authorities: AbsolutePath | None = None
    """File with the certificates (PEM) that vouch for the service's own; by default those that
    this machine trusts."""
    timeout_s: Seconds = 10
    """How long to wait for each answer of the service, in seconds."""


class LogSettings(Section):
    """What is written to the log."""

    level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    """`DEBUG`, `INFO`, `WARNING` or `ERROR`."""
    format: LogFormat = LogFormat.TEXT
    """`text` for people, `json` for machines."""
