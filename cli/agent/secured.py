"""Who may answer in the portal's place: addresses that are protected, and pinned keys."""

import ssl
from ipaddress import ip_address
from socket import socket
from typing import Any, Final
from urllib.parse import urlsplit

from typing_extensions import override

from cli.agent.errors import PortalAddressError
from signing.pins import public_key_sha256, read_pin

_OPEN: Final = (
    "Địa chỉ {address} không mã hoá (http): người khác trên mạng đọc được mã truy cập và văn bản. "
    "Việc cần làm: dùng địa chỉ https của cổng thông tin."
)
_WRONG: Final = "“{address}” không phải địa chỉ cổng thông tin. Ví dụ: https://trinhky.coquan.vn"
_PIN: Final = "Mã ghim “{address}” không phải SHA-256 của khoá công khai (hex hoặc sha256//…)."


class PinMismatchError(ssl.SSLError):
    """Whoever answers does not have the pinned key; raised before anything is sent."""


class PinnedContext(ssl.SSLContext):
    """Believes one public key, whoever vouches for it; asks before anything is sent."""

    pinned: str

    @override
    def wrap_socket(self, sock: socket, *args: Any, **options: Any) -> ssl.SSLSocket:
        made = super().wrap_socket(sock, *args, **options)
        if public_key_sha256(made.getpeercert(binary_form=True) or b"") != self.pinned:
            made.close()
            raise PinMismatchError("pinned key")
        return made


def context_for(pin: str) -> ssl.SSLContext:
    """Returns what checks the portal's certificate: by its pinned key, else by the system."""
    if not pin:
        return ssl.create_default_context()
    made = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False  # the key is the portal's name here
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.pinned = pin
    return made


def checked_address(address: str, *, unencrypted: bool) -> str:
    """Returns a portal's address in its plain form.

    Raises:
        PortalAddressError: it is none, or others could read along.
    """
    parts = urlsplit(address.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise PortalAddressError(address, _WRONG.format(address=address))
    if parts.scheme == "http" and not unencrypted and not _is_here(parts.hostname):
        raise PortalAddressError(address, _OPEN.format(address=address))
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def checked_pin(text: str | None) -> str:
    """Returns a pin as lower-case hex; empty where none is given.

    Raises:
        PortalAddressError: it is none.
    """
    if not text:
        return ""
    try:
        return read_pin(text)
    except ValueError as err:
        raise PortalAddressError(text, _PIN.format(address=text)) from err


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
