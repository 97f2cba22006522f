"""Opens channels and the mailbox from the settings; whom TLS trusts is read once, at the start."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from delivery.channel import Channel
from delivery.folder import FolderChannel
from delivery.inbox import Inbox, MaildirInbox
from delivery.smtp import SMTPChannel, TLSMode
from wiring.clock import real_now
from wiring.errors import SettingsError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from delivery.http_posting import Poster
    from wiring.sections import MailSettings
    from wiring.settings import Settings


def make_channels(settings: Settings) -> Mapping[str, Callable[[], Channel]]:
    """Returns how to open each channel, by the name that organisations carry.

    A channel opened is cheap, connects at its first parcel, and is for one thread.

    Raises:
        SettingsError: a file of certificates cannot be used.
    """
    mail, webhook = settings.mail, settings.webhook
    return {
        "smtp": partial(_smtp, mail, _trusting("MAIL", mail.authorities)),
        "folder": partial(_folder, settings.pickup_folder, "folder", settings.mail.pickup),
        "webhook": partial(_webhook, settings, _trusting("WEBHOOK", webhook.authorities)),
        "sftp": partial(_sftp, settings),
        "edxml_folder": partial(
            _folder, settings.edxml_outbox_folder, "edxml_folder", settings.edxml.outbox
        ),
        "edxml_http": partial(
            _edxml_http, settings, _trusting("EDXML", settings.edxml.authorities)
        ),
    }


def make_event_poster(settings: Settings) -> Callable[[], Poster]:
    """Returns how to open what posts events: to the hosts of the channel `webhook`, no others.

    Raises:
        SettingsError: a file of certificates cannot be used.
    """
    webhook, trusted = settings.webhook, _trusting("WEBHOOK", settings.webhook.authorities)

    def opened() -> Poster:
        from delivery.http_posting import Poster, read_hosts  # noqa: PLC0415 (where it is used)

        return Poster(
            hosts=read_hosts(webhook.hosts), tls_context=trusted, allow_http=webhook.allow_http,
            timeout_s=webhook.timeout_s, total_s=webhook.total_s,
        )  # fmt: skip

    return opened


def make_inbox(settings: Settings) -> Inbox:
    """Returns the mailbox: over IMAP where a server is named, else the Maildir.

    Raises:
        SettingsError: a file of certificates cannot be used.
    """
    mail = settings.mail
    if mail.imap_host is None:
        return MaildirInbox(settings.inbox_folder)
    from delivery.imap import IMAPInbox  # noqa: PLC0415 (loaded where it is used)

    return IMAPInbox(
        host=mail.imap_host,
        port=mail.imap_port,
        tls=TLSMode(mail.imap_tls.value),
        tls_context=_trusting("MAIL", mail.authorities),
        user=mail.imap_user or mail.user or "",
        password=_plain(mail.imap_password) or _plain(mail.password) or "",
        folder=mail.imap_folder,
        done_folder=mail.imap_done_folder,
        timeout_s=mail.imap_timeout_s,
    )


def _smtp(mail: MailSettings, trusted: ssl.SSLContext | None) -> SMTPChannel:
    return SMTPChannel(
        host=mail.host,
        port=mail.port,
        tls=TLSMode(mail.tls.value),
        tls_context=trusted,
        user=mail.user,
        password=_plain(mail.password),
        timeout_s=mail.timeout_s,
        final_timeout_s=mail.final_timeout_s,
        per_session=mail.per_session,
        request_dsn=mail.request_dsn,
        local_name=mail.greeting,
    )


def _webhook(settings: Settings, trusted: ssl.SSLContext | None) -> Channel:
    # Loaded where they are used: an office that sends by mail alone starts without them.
    from delivery.http_posting import read_hosts  # noqa: PLC0415
    from delivery.secret_file import secrets_of  # noqa: PLC0415
    from delivery.webhook import WebhookChannel  # noqa: PLC0415

    webhook = settings.webhook
    return WebhookChannel(
        secret_of=secrets_of(settings.webhook_secrets_file),
        clock=real_now,
        hosts=read_hosts(webhook.hosts),
        tls_context=trusted,
        allow_http=webhook.allow_http,
        timeout_s=webhook.timeout_s,
        total_s=webhook.total_s,
    )


def _folder(folder: Path, name: str, given: Path | None) -> FolderChannel:
    if given is None:
        # Our own folder is ours to make; a share that the operator named may not be mounted.
        folder.mkdir(parents=True, exist_ok=True)
    return FolderChannel(folder, name=name)


def _edxml_http(settings: Settings, trusted: ssl.SSLContext | None) -> Channel:
    from delivery.http_posting import read_hosts  # noqa: PLC0415 (loaded where it is used)
    from delivery.secret_file import secrets_of  # noqa: PLC0415
    from delivery.webhook import WebhookChannel  # noqa: PLC0415

    edxml = settings.edxml
    return WebhookChannel(
        secret_of=secrets_of(settings.edxml_secrets_file),
        clock=real_now,
        hosts=read_hosts(edxml.hosts),
        tls_context=trusted,
        allow_http=edxml.allow_http,
        timeout_s=edxml.timeout_s,
        total_s=edxml.total_s,
        name="edxml_http",
    )


def _sftp(settings: Settings) -> Channel:
    from delivery.sftp import SFTPChannel  # noqa: PLC0415

    known_hosts, key, passwords = settings.sftp_files
    return SFTPChannel(
        known_hosts=known_hosts,
        key=key,
        passwords=passwords,
        timeout_s=settings.sftp.timeout_s,
        total_s=settings.sftp.total_s,
    )


def _trusting(section: str, authorities: Path | None) -> ssl.SSLContext | None:
    """Returns a context that trusts the file alone; None where the machine's own trust holds."""
    if authorities is None:
        return None
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as err:
        raise SettingsError(
            f"TRINHKY_{section}__AUTHORITIES",
            f"không đọc được chứng thư trong tệp {authorities} ({err.strerror or err}).",
        ) from err


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
