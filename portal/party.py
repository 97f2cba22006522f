"""Under which names people reach the portal, for passkeys and what comes back from elsewhere.

Passkeys belong to a host name; browsers take none for an IP address. Two names are known: the
office's own (`TRINHKY_PORTAL__BASE_URL`, with https, or below `localhost`, which browsers trust as
well), and `http://localhost:PORT` on the machine itself.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from actions.passkey_proofs import Party
from portal.context import Portal

LOCALHOST = "localhost"


def local_url(portal: Portal) -> str:
    """Returns the portal's address by name on its own machine."""
    return f"http://{LOCALHOST}:{portal.office.settings.portal.port}"


def party_of(request: Request, portal: Portal) -> Party | None:
    """Returns the name that the browser used, where passkeys can belong to it."""
    host = (request.url.hostname or "").lower()
    own = urlsplit(portal.office.settings.portal_url)
    trusted = own.scheme == "https" or host == LOCALHOST or host.endswith(f".{LOCALHOST}")
    if own.hostname == host and trusted and not _is_address(host):
        return Party(rp_id=host, origin=f"{own.scheme}://{own.netloc}".lower())
    if host == LOCALHOST:
        return Party(rp_id=LOCALHOST, origin=local_url(portal))
    return None


def other_name(request: Request, portal: Portal) -> str:
    """Returns where the same portal takes passkeys, for who came by an address; else nothing."""
    if party_of(request, portal) is not None:
        return ""
    own = urlsplit(portal.office.settings.portal_url)
    if own.scheme == "https" and not _is_address(own.hostname or ""):
        return portal.office.settings.portal_url
    return local_url(portal) if _is_loopback(request.url.hostname or "") else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_loopback
