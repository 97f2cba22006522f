"""One table: which error becomes which status and code, and what the person reads.

Known errors say their own sentence. Anything else is our fault: status 500 with a reference number
that stands in the log beside the trace; its text is shown to nobody.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from actions import errors as refusals
from actions.account_rows import CodeRefusedError, OwnPasswordError, SignInRefusedError
from actions.pairing import PairingRefusedError
from actions.passkey_proofs import PasskeyRefusedError
from archive.errors import ArchiveError
from documents.errors import DocumentsError, PageImageError
from models.session import is_unavailable
from portal import errors
from portal.context import Portal
from portal.i18n.said import said
from portal.identity import PASSWORD_PATH, reader_of
from portal.patience import TOO_SLOW
from portal.problem_words import MOST_FAULTS, PROBLEM_TYPE, as_members, reason_of
from portal.rendering import office_look, page
from portal.typed import texts_of
from portal.ways_back import way_back
from portal.words import addressed
from wiring.errors import SignOnRefusedError, SignOnUnavailableError

LOG = logging.getLogger(__name__)
SIGN_IN_PATH: Final = "/dang-nhap"
API_PREFIX: Final = "/api/"

STATUS: Final[Mapping[type[Exception], int]] = {
    errors.NotSignedInError: 401,
    errors.PasswordMustChangeError: 403,
    errors.ForgedFormError: 403,
    errors.LinkUnknownError: 404,
    errors.LinkEndedError: 410,
    errors.TokenRefusedError: 401,
    errors.ScopeMissingError: 403,
    errors.BadUploadError: 422,
    errors.UnstorableTextError: 422,
    errors.UploadTooLargeError: 413,
    errors.CheckGoneError: 404,
    errors.TooManyRequestsError: 429,
    errors.PortalError: 400,
    refusals.NotFoundError: 404,
    refusals.NotAuthorisedError: 403,
    refusals.SeparationError: 403,
    refusals.NotEntitledError: 403,
    refusals.WrongStateError: 409,
    refusals.AlreadyDoneError: 409,
    refusals.TakenError: 409,
    refusals.StaleRevisionError: 409,
    refusals.PaperWithdrawnError: 410,
    refusals.InvalidInputError: 422,
    refusals.CertificateUnfitError: 422,
    refusals.PinRefusedError: 422,
    refusals.NotAcceptedError: 422,
    refusals.UnavailableError: 503,
    refusals.KeyReusedError: 422,
    refusals.KeyUnderWayError: 409,
    SignInRefusedError: 401,
    OwnPasswordError: 403,
    CodeRefusedError: 401,
    PasskeyRefusedError: 401,
    SignOnRefusedError: 401,
    SignOnUnavailableError: 503,
    PairingRefusedError: 403,
    refusals.ActionRefusedError: 409,
    PageImageError: 422,
    DocumentsError: 422,
    ArchiveError: 503,
}
"""Type to status; the nearest base class decides."""

STALE: Final = (
    refusals.StaleRevisionError,
    refusals.WrongStateError,
    refusals.AlreadyDoneError,
)
"""Refusals that mean: the page that was looked at is old."""

HTTP_WORDS: Final = {
    400: (
        "bad_body",
        "Không đọc được nội dung gửi lên. Kiểm tra rồi gửi lại; chương trình gửi JSON, mã UTF-8.",
    ),
    404: ("not_found", "Không có trang này. Kiểm tra lại đường dẫn, hoặc về trang đầu."),
    405: ("method_not_allowed", "Không thực hiện được theo cách này. Quay lại trang trước."),
    408: (
        "too_slow",
        "Dữ liệu gửi lên dừng giữa chừng nên không được nhận. Kiểm tra đường truyền rồi gửi lại.",
    ),
    413: ("too_large", "Dữ liệu gửi lên quá lớn."),
}
"""What the web server itself refuses: status, to our code and sentence."""
_INVALID: Final = "Dữ liệu gửi lên chưa đúng. Quay lại trang trước, kiểm tra rồi gửi lại."
_UNKNOWN: Final = (
    "Hệ thống gặp lỗi ngoài dự kiến; chưa có gì được thay đổi. "
    "Đề nghị báo người vận hành kèm mã tra cứu {reference}."
)

_CUT_OFF: Final = (
    "Vừa mất kết nối với cơ sở dữ liệu. Mở lại trang để xem thao tác đã được ghi chưa, "
    "rồi làm lại nếu cần."
)


class Telling(Protocol):
    """An error that says itself."""

    def diagnosis(self) -> str:
        """Says what is wrong and what to do."""


@runtime_checkable
class _Diagnosed(Telling, Protocol):
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What an error becomes."""

    status: int
    code: str
    sentence: str
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Mapping[str, str]] = ()
    """What is wrong where, for programs: `place` and `reason`."""


def status_of(error: Exception) -> int | None:
    """Returns the status of an error, by its nearest known class; None for an unknown one."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return None


def problem_of(error: Exception) -> Problem:
    """Returns what an error becomes; one that is not in the table is logged with its trace."""
    status = status_of(error)
    headers = _headers(error)
    if status is not None and isinstance(error, _Diagnosed):
        return Problem(
            status=status, code=error.code, sentence=sentence_of(error), headers=headers,
            faults=_faults(error),
        )  # fmt: skip
    if is_unavailable(error):
        LOG.warning("the database is not to be had", exc_info=error)
        return Problem(status=503, code="database_unavailable", sentence=_CUT_OFF)
    reference = secrets.token_hex(4).upper()
    LOG.error("reference %s", reference, exc_info=error)
    return Problem(status=500, code="internal", sentence=_UNKNOWN.format(reference=reference))


def sentence_of(error: Telling) -> str:
    """Returns what a page says of an error."""
    return " ".join(sentences_of(error))


def sentences_of(error: Telling) -> list[str]:
    """Returns what a page says of an error, problem by problem.

    Several problems are said one by one: together they are no sentence that anybody knows.
    """
    if isinstance(error, refusals.InvalidInputError):
        return [said(f"{one.place}: {one.reason}") for one in error.problems]
    return [error.diagnosis()]


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, errors.TooManyRequestsError):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, refusals.KeyUnderWayError):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, errors.TokenRefusedError):
        return {"WWW-Authenticate": "Bearer"}
    return {}


def _faults(error: Exception) -> list[dict[str, str]]:
    if not isinstance(error, refusals.InvalidInputError):
        return []
    return [{"place": one.place, "reason": one.reason} for one in error.problems]


def install(app: FastAPI) -> None:
    """Makes the application answer every error by the table."""
    for kind in STATUS:
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(Exception, _answer)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientDisconnect, _answer_cut_off)


def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, errors.NotSignedInError) and not _is_api(request):
        if any(texts_of(request)):
            return show(request, problem_of(error))
        return _to_sign_in(request)
    if isinstance(error, errors.PasswordMustChangeError) and not _is_api(request):
        return _lead(request, PASSWORD_PATH)
    problem = problem_of(error)
    try:
        return show(request, problem)
    except SQLAlchemyError:  # a page needs the database, whose absence may be the very problem
        return PlainTextResponse(problem.sentence, problem.status)


def _answer_invalid(request: Request, error: Exception) -> Response:
    in_path = isinstance(error, RequestValidationError) and any(
        one["loc"][:1] == ("path",) for one in error.errors()
    )
    if in_path:
        return show(request, _http_problem(404))
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [
        {"place": ".".join(str(one) for one in fault["loc"]), "reason": reason_of(fault["type"])}
        for fault in found[:MOST_FAULTS]
    ]
    sentence = _INVALID
    if faults and _is_api(request):
        sentence = " ".join(f"{one['place']}: {one['reason']}" for one in faults)
    return show(
        request, Problem(status=422, code="invalid_input", sentence=sentence, faults=faults)
    )


def _answer_http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    given = (error.headers or {}) if isinstance(error, HTTPException) else {}
    headers = dict(given)
    if status == HTTPStatus.BAD_REQUEST and request.scope.get(TOO_SLOW):
        status = HTTPStatus.REQUEST_TIMEOUT  # the framework calls a form that broke off unreadable
    if status == HTTPStatus.METHOD_NOT_ALLOWED and _is_api(request):
        # The framework names the methods of the first route of this address alone.
        headers["Allow"] = ", ".join(sorted(request.app.state.methods_at(request.url.path)))
    return show(request, replace(_http_problem(status), headers=headers))


def _answer_cut_off(request: Request, _error: Exception) -> Response:
    """The sender has gone or stands still, or sent more than is taken where no file is expected."""
    return show(request, _http_problem(408 if request.scope.get(TOO_SLOW) else 413))


def _http_problem(status: int) -> Problem:
    code, sentence = HTTP_WORDS.get(status, ("http", _INVALID))
    return Problem(status=status, code=code, sentence=sentence)


def show(request: Request, problem: Problem) -> Response:
    """Returns the answer for a problem: JSON to programs, a page to people."""
    portal: Portal = request.app.state.portal
    sentence = addressed(problem.sentence, office_look(portal).address)
    headers = dict(problem.headers)
    if _is_api(request):
        body = as_json(problem, portal)
        return JSONResponse(body, problem.status, headers, media_type=PROBLEM_TYPE)
    reader = (
        None if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else reader_of(request, portal)
    )
    enter = f"{SIGN_IN_PATH}?tiep={quote(way_back(request), safe='')}"
    shown = page(
        request, "problem.html", person=reader, status=problem.status, sentence=sentence,
        sign_in=enter if problem.status == HTTPStatus.UNAUTHORIZED else "",
    )  # fmt: skip
    shown.headers.update(headers)
    return shown


def as_json(problem: Problem, portal: Portal) -> dict[str, Any]:
    """Returns a problem as programs read it (RFC 9457)."""
    sentence = addressed(problem.sentence, office_look(portal).address)
    return as_members(problem.status, problem.code, sentence, problem.faults)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API_PREFIX)


def _to_sign_in(request: Request) -> Response:
    """After signing in the person comes back to the page; never to a form that was sent."""
    target = SIGN_IN_PATH
    if request.method == "GET" and request.url.path != "/":
        whole = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"{SIGN_IN_PATH}?tiep={quote(whole, safe='')}"
    return _lead(request, target)


def _lead(request: Request, target: str) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=200, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)
