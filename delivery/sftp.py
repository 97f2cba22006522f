"""Files over SFTP: ``….part`` first, then renamed, into a folder of the unit's server.

An address is ``sftp://user@host:port/folder``; the folder is as the server shows it, ``/~/folder``
lies in the user's home. A server is called only if its key is pinned in the file of known hosts: an
unknown or changed key is permanent and needs a person, never a question answered by a machine.

A repeat finds its file by name and compares it, so that whatever is lost on the way is transient.

Source: draft-ietf-secsh-filexfer-02; OpenSSH's extension posix-rename@openssh.com.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast
from urllib.parse import unquote, urlsplit

import asyncssh

from delivery.channel import Receipt
from delivery.errors import ChannelError, PermanentDeliveryError, TransientDeliveryError
from delivery.looping import OwnLoop
from delivery.names import parcel_file_name
from delivery.parcel import Parcel
from delivery.secret_file import read_secret_file

_KEPT: Final = 8
"""Connections that stay open at most."""
_BLOCK_BYTES: Final = 1 << 20
_PORT: Final = 22
_FORBIDDEN_PART: Final = ("", ".", "..")


@dataclass(frozen=True, slots=True, kw_only=True)
class SFTPAddress:
    """Where a parcel goes."""

    user: str
    host: str
    port: int
    folder: str
    """As the server shows it; relative to the user's home, or from the root."""

    @property
    def account(self) -> str:
        """``user@host:port``: one connection, one line in the file of passwords."""
        return f"{self.user}@{self.host}:{self.port}"


class _RefusedError(Exception):
    """Nobody but a person can mend it; bears a word and a sentence."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class SFTPChannel:
    """Writes files at servers whose keys are pinned; keeps a connection per account."""

    name = "sftp"

    def __init__(
        self,
        *,
        known_hosts: Path,
        key: Path | None = None,
        passwords: Path | None = None,
        timeout_s: float = 30.0,
        total_s: float = 300.0,
    ) -> None:
        """Keep the settings; files are read and connections made at the first parcel.

        Args:
            known_hosts: pinned keys, in OpenSSH's form.
            key: our private key, without passphrase, readable by its owner alone.
            passwords: lines ``user@host:port PASSWORD``, for servers that take no key.
            timeout_s: for a connection and its sign-in.
            total_s: for one whole parcel.
        """
        self._known_hosts, self._key, self._passwords = known_hosts, key, passwords
        self._timeout_s, self._total_s = timeout_s, total_s
        self._loop = OwnLoop()
        self._open: dict[str, tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Idempotent; the next parcel opens them anew."""
        for account in list(self._open):
            self._loop.run(self._hang_up(account), at_most_s=self._timeout_s)
        self._loop.close()

    def send(self, parcel: Parcel) -> Receipt:
        """Write one file; the module's docstring says what a failure means.

        Raises:
            TransientDeliveryError: no connection or sign-in, a missing folder, a full disk.
            PermanentDeliveryError: a key that is not the pinned one, an address that is none, no
                right to write, or another content under the same key.
        """
        try:
            address = read_address(parcel.recipient_address)
            return self._loop.run(self._deliver(address, parcel), at_most_s=self._total_s)
        except _RefusedError as err:
            raise self._fault(PermanentDeliveryError, parcel, err.code, str(err)) from err
        except asyncssh.HostKeyNotVerifiable as err:
            words = "máy chủ đưa ra khoá khác khoá đã ghi nhận; hỏi chủ máy chủ"
            raise self._fault(PermanentDeliveryError, parcel, "host_key_changed", words) from err
        except asyncssh.SFTPPermissionDenied as err:
            raise self._fault(PermanentDeliveryError, parcel, "no_permission", str(err)) from err
        except (asyncssh.Error, OSError, ValueError) as err:
            # TimeoutError is an OSError; ValueError: a key or known_hosts that cannot be read.
            words = str(err) or type(err).__name__
            code = _code(err)
            raise self._fault(TransientDeliveryError, parcel, code, words) from err

    async def _deliver(self, address: SFTPAddress, parcel: Parcel) -> Receipt:
        data, name = parcel.to_bytes(), parcel_file_name(parcel.key, parcel.ending)
        target = f"{address.folder}/{name}" if address.folder else name
        try:
            client = await self._client(address)
            if await client.exists(target):
                return await _compared(client, target, data, name)
            await _written(client, target, data)
        except (asyncssh.SFTPError, _RefusedError) as err:
            if isinstance(err, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection):
                await self._hang_up(address.account)
            raise
        except BaseException:
            # Also where the time is up: half a conversation is no beginning for the next one.
            await self._hang_up(address.account)
            raise
        return Receipt(code="stored", text=name)

    async def _client(self, address: SFTPAddress) -> asyncssh.SFTPClient:
        held = self._open.get(address.account)
        if held is not None and not held[0].is_closed():
            return held[1]
        while len(self._open) >= _KEPT:
            await self._hang_up(next(iter(self._open)))
        await self._hang_up(address.account)
        connection = await asyncssh.connect(
            address.host,
            address.port,
            username=address.user,
            known_hosts=self._pinned(address),
            config=None,
            agent_path=None,
            connect_timeout=self._timeout_s,
            login_timeout=self._timeout_s,
            **self._proof(address),
        )
        try:
            client = await connection.start_sftp_client()
        except BaseException:
            connection.abort()
            raise
        self._open[address.account] = (connection, client)
        return client

    def _pinned(self, address: SFTPAddress) -> asyncssh.SSHKnownHosts:
        """Return the known hosts, if this one is among them."""
        files = [str(self._known_hosts)] if self._known_hosts.exists() else []
        known = asyncssh.read_known_hosts(files)
        keys, authorities, *_ = known.match(address.host, "", address.port)
        if not keys and not authorities:
            raise _RefusedError(
                "host_key_unknown",
                f"khoá của máy chủ {address.host}:{address.port} chưa được ghi nhận",
            )
        return known

    def _proof(self, address: SFTPAddress) -> Mapping[str, object]:
        """Return what we show of ourselves: the password of this account, else our key."""
        if self._passwords is not None and self._passwords.exists():
            password = read_secret_file(self._passwords).get(address.account)
            if password is not None:
                return {"password": password, "client_keys": None}
        if self._key is None or not self._key.exists():
            raise _RefusedError(
                "no_sign_in", f"chưa có khoá của cơ quan hoặc mật khẩu cho {address.account}"
            )
        return {"client_keys": [str(self._key)], "password": None}

    async def _hang_up(self, account: str) -> None:
        held = self._open.pop(account, None)
        if held is not None:
            held[0].abort()
            with suppress(asyncssh.Error, OSError):
                await held[0].wait_closed()

    def _fault(
        self, kind: type[ChannelError], parcel: Parcel, code: str, words: str
    ) -> ChannelError:
        return kind(
            channel=self.name,
            recipient=parcel.recipient_address,
            reply_code=code,
            reply_text=words,
        )


def read_address(text: str) -> SFTPAddress:
    """Take an address apart.

    Raises:
        _RefusedError: it is none, or climbs out of its folder.
    """
    wrong = _RefusedError(
        "not_an_address",
        "địa chỉ phải có dạng sftp://nguoi-dung@may-chu:22/thu-muc, không có mật khẩu",
    )
    try:
        parts = urlsplit(text)
        port = parts.port or _PORT
    except ValueError:
        raise wrong from None
    if parts.scheme != "sftp" or not parts.hostname or not parts.username or parts.password:
        raise wrong
    folder = unquote(parts.path)
    names = folder.strip("/").split("/") if folder.strip("/") else []
    if parts.query or parts.fragment or re.search(r"[\x00-\x1f\x7f\\]", folder):
        raise wrong
    if any(name in _FORBIDDEN_PART for name in names):
        raise wrong
    at_home = names[:1] == ["~"] or not names
    place = "/".join(names[1:]) if at_home else "/" + "/".join(names)
    return SFTPAddress(
        user=unquote(parts.username), host=parts.hostname.lower(), port=port, folder=place
    )


async def _compared(client: asyncssh.SFTPClient, target: str, data: bytes, name: str) -> Receipt:
    """Tell a repeat from another content that lies there."""
    async with client.open(target, "rb") as found:
        same = cast("bytes", await found.read(len(data) + 1)) == data
    if not same:
        raise _RefusedError("conflict", f"nơi nhận đã có tệp {name} với nội dung khác")
    return Receipt(code="duplicate", text=name)


async def _written(client: asyncssh.SFTPClient, target: str, data: bytes) -> None:
    """Have the whole file at the server before it bears its name."""
    part = f"{target}.part"
    async with client.open(part, "wb") as stream:
        for start in range(0, len(data), _BLOCK_BYTES):
            await stream.write(data[start : start + _BLOCK_BYTES])
        with suppress(asyncssh.SFTPOpUnsupported):
            await stream.fsync()
    try:
        await client.posix_rename(part, target)
    except asyncssh.SFTPOpUnsupported:
        await client.rename(part, target)


def _code(err: Exception) -> str:
    """Name a failure for people who search for it."""
    if isinstance(err, asyncssh.PermissionDenied):
        return "sign_in_refused"
    if isinstance(err, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath):
        return "no_such_folder"
    if isinstance(err, asyncssh.SFTPError):
        return "server_failed"
    return "connection_lost"
