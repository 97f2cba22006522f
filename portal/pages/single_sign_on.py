"""Single sign-on: the way to the sign-on service and the way back."""

import hmac
import logging
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.account_rows import SignInRefusedError, StepOverError
from actions.single_sign_on import Vouching, begin_sign_on, sign_on, take_sign_on
from portal.context import Portal, ThePortal, address_of
from portal.identity import whence_of
from portal.pages.sign_in import go_on, landing, show_form
from portal.problems import problem_of
from wiring.errors import SignOnRefusedError, SignOnUnavailableError
from wiring.sign_on import Promise, SignOn, new_promise

LOG = logging.getLogger(__name__)
PATH: Final = "/dang-nhap/mot-lan"
BACK: Final = f"{PATH}/ve"
COOKIE: Final = "trinhky_sso"
"""The state of the browser that went to the service: nobody else's answer is taken from it."""

router = APIRouter()


@router.get(PATH)
def away(request: Request, portal: ThePortal, tiep: str = "") -> Response:
    """Leads to the service, by the office's own name, as it leads back to that."""
    service = _service(portal)
    portal.sign_ins.take(address_of(request))
    own = urlsplit(portal.office.settings.portal_url)
    if request.url.netloc.lower() != own.netloc.lower():
        target = f"{portal.office.settings.portal_url}{PATH}?tiep={quote(tiep, safe='')}"
        return RedirectResponse(target, status_code=303)
    promise, at = new_promise(), portal.at()
    data = {"nonce": promise.nonce, "verifier": promise.verifier, "after": landing(tiep)}
    try:
        state = begin_sign_on(portal.database, data, at=at)
        target = service.address(redirect=_back(portal), state=state, promise=promise, at=at)
    except SignOnUnavailableError as error:
        return _refused(request, portal, error, tiep)
    response = RedirectResponse(target, status_code=303)
    response.set_cookie(
        COOKIE, state, httponly=True, samesite="lax", secure=portal.secure, path=PATH, max_age=300
    )
    return response


@router.get(BACK)
def back(
    request: Request, portal: ThePortal, state: str = "", code: str = "", iss: str = ""
) -> Response:
    """Takes the answer of the service."""
    service = _service(portal)
    portal.sign_ins.take(address_of(request))
    at, begun = portal.at(), dict[str, str]()
    try:
        begun = _begun(request, portal, state, at)
        vouching = _vouched(portal, service, begun, code=code, issuer=iss, at=at)
        opened = sign_on(
            portal.database, vouching, by_email=portal.office.settings.sso.link_by_email, at=at,
            whence=whence_of(request),
        )  # fmt: skip
    except SignInRefusedError as refusal:
        return _refused(request, portal, refusal, begun["after"], said=_NOT_KNOWN)
    except (StepOverError, SignOnRefusedError, SignOnUnavailableError) as error:
        return _refused(request, portal, error, begun.get("after", ""))
    response = go_on(portal, opened, begun["after"])
    response.delete_cookie(COOKIE, path=PATH)
    return response


_NOT_KNOWN: Final = (
    "Dịch vụ đăng nhập một lần đã nhận ra người dùng, nhưng chưa có cán bộ nào được nối với tài "
    "khoản ấy, hoặc tài khoản ở đây đang khoá. Đề nghị người quản trị nối bằng lệnh "
    "trinhky account link."
)


def _begun(request: Request, portal: Portal, state: str, at: datetime) -> dict[str, str]:
    """What this very browser began; nobody else's way back is taken from it."""
    kept = request.cookies.get(COOKIE, "")
    if not kept or not hmac.compare_digest(kept.encode(), state.encode()):
        raise StepOverError
    return take_sign_on(portal.database, state, at=at)


def _vouched(
    portal: Portal,
    service: SignOn,
    begun: dict[str, str],
    *,
    code: str,
    issuer: str,
    at: datetime,
) -> Vouching:
    if not code:
        raise SignOnRefusedError("no_code")
    promise = Promise(nonce=begun["nonce"], verifier=begun["verifier"])
    found = service.redeem(code=code, issuer=issuer, redirect=_back(portal), promise=promise, at=at)
    return Vouching(issuer=found.issuer, subject=found.subject, email=found.email)


def _service(portal: Portal) -> SignOn:
    service = portal.office.sign_on
    if service is None:
        raise HTTPException(404)
    return service


def _back(portal: Portal) -> str:
    return f"{portal.office.settings.portal_url}{BACK}"


def _refused(
    request: Request, portal: Portal, error: Exception, after: str, *, said: str = ""
) -> Response:
    if isinstance(error, (SignOnRefusedError, SignOnUnavailableError)):
        LOG.warning("single sign-on: %s: %s", error.code, error.reason)
    problem = problem_of(error)
    shown = show_form(
        request, portal, after=after, status=problem.status, refusal=said or problem.sentence
    )
    shown.delete_cookie(COOKIE, path=PATH)
    return shown
