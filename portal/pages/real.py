"""Whether a paper is real: for anybody who holds it, by its code, or by its number and day.

What is told is what `actions.public_looking` gives out. Misses are counted for all visitors
together, so that codes cannot be tried out from many addresses either.
"""

import hashlib
import re
from datetime import date
from functools import partial
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.public_codes import read_code, shown_code
from actions.public_looking import PublicPaper, is_issued_file, paper_by_code, paper_by_number
from portal.context import Portal, ThePortal, address_of
from portal.errors import BadUploadError, TooManyRequestsError, UploadTooLargeError
from portal.identity import check_any_token, reader_of
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_uploads

PATH: Final = "/that"
EVERYBODY: Final = "*"
"""Under this one name the misses of all addresses are counted."""
_SHA256: Final = re.compile("[0-9a-f]{64}")
_WRONG: Final = (
    "Mã này gõ chưa đúng. Mã có 10 chữ và số, không có số 0, số 1, chữ I, chữ L, chữ O; "
    "xem lại từng ký tự trên văn bản."
)
_UNKNOWN_CODE: Final = (
    "Không có văn bản nào đã phát hành mang mã này. Nếu mã đúng như in trên văn bản thì không sử "
    "dụng văn bản ấy; hỏi cơ quan ghi trên văn bản."
)
_UNKNOWN_NUMBER: Final = (
    "Không tìm thấy văn bản đã phát hành có đúng số và ngày này. Xem lại số, ký hiệu và ngày trên "
    "văn bản; nếu có mã tra cứu thì dùng mã. Còn nghi ngờ thì hỏi cơ quan ghi trên văn bản."
)
_BOTH: Final = "Nhập đủ số, ký hiệu và ngày ghi trên văn bản."

router = APIRouter()


@router.get(PATH)
def form(request: Request, portal: ThePortal, ma: str = "") -> Response:
    """Shows where a code, or number and day, is typed; a typed code leads to its page."""
    code = read_code(ma)
    if code is not None:
        return RedirectResponse(f"{PATH}/{code}", status_code=303)
    typed = {"ma": ma[:_LONGEST]} if ma.strip() else {}
    return _page(request, portal, said=_WRONG if typed else "", typed=typed,
                 status=422 if typed else 200)  # fmt: skip


_LONGEST: Final = 80


@router.post(PATH)
def by_number(
    *,
    request: Request,
    portal: ThePortal,
    so: Annotated[str, Form()] = "",
    ngay: Annotated[str, Form()] = "",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    """Looks for a paper by its number and day; seldom enough that they cannot be tried out."""
    check_any_token(request, portal, csrf)
    typed = {"so": so[:_LONGEST], "ngay": ngay[:_LONGEST]}
    day = _day(ngay)
    if day is None or not so.strip():
        return _page(request, portal, said=_BOTH, typed=typed, status=422)
    try:
        portal.number_looks.take(address_of(request))
        portal.all_number_looks.take(EVERYBODY)
    except TooManyRequestsError as refusal:
        return _too_often(request, portal, refusal, typed)
    with portal.database.reading() as session:
        paper = paper_by_number(session, so[:_LONGEST], day)
    if paper is None:
        return _page(request, portal, said=_UNKNOWN_NUMBER, typed=typed, status=404)
    return _page(request, portal, paper=paper)


@router.get(f"{PATH}/{{code}}")
def by_code(request: Request, portal: ThePortal, code: str) -> Response:
    """Shows whether the paper with a code is real, and how it stands."""
    return _looked(request, portal, code)


@router.post(f"{PATH}/{{code}}")
async def compare(request: Request, portal: ThePortal, code: str) -> Response:
    """Says whether a file is what was issued; hashed in the browser, or here and forgotten."""
    try:
        portal.checks.take(address_of(request))
        sent = await read_uploads(
            request, limit_bytes=portal.desk.size_limit_bytes, most_files=1, most_fields=5
        )
    except (UploadTooLargeError, BadUploadError, TooManyRequestsError) as refusal:
        problem = problem_of(refusal)
        again = partial(_looked, request, portal, code, refusal=problem.sentence)
        response = await to_thread.run_sync(again)
        response.status_code = problem.status
        response.headers.update(problem.headers)
        return response
    given = sent.fields.get("csrf", "")
    await to_thread.run_sync(check_any_token, request, portal, given)
    digest = sent.fields.get("sha256", "").lower()
    files = sent.of("file")
    if files:
        digest = hashlib.sha256(files[0].content).hexdigest()
    if not _SHA256.fullmatch(digest):
        digest = ""
    refusal_words = "" if digest else BadUploadError().diagnosis()
    return await to_thread.run_sync(
        partial(_looked, request, portal, code, digest=digest, refusal=refusal_words)
    )


def _looked(
    request: Request, portal: Portal, typed: str, *, digest: str = "", refusal: str = ""
) -> Response:
    code = read_code(typed)
    if code is None:
        return _page(request, portal, said=_WRONG, typed={"ma": typed[:_LONGEST]}, status=404)
    shown = {"ma": shown_code(code)}
    try:
        portal.code_looks.take(address_of(request))
        with portal.database.reading() as session:
            paper = paper_by_code(session, code)
            same = is_issued_file(session, paper, digest) if paper and digest else None
        if paper is None:
            portal.wrong_papers.take(EVERYBODY)
    except TooManyRequestsError as refused:
        return _too_often(request, portal, refused, shown)
    if paper is None:
        return _page(request, portal, said=_UNKNOWN_CODE, typed=shown, status=404)
    return _page(request, portal, paper=paper, path=f"{PATH}/{code}", same=same, refusal=refusal)


def _too_often(
    request: Request, portal: Portal, refusal: TooManyRequestsError, typed: dict[str, str]
) -> Response:
    problem = problem_of(refusal)
    response = _page(request, portal, said=problem.sentence, typed=typed, status=problem.status)
    response.headers.update(problem.headers)
    return response


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _page(
    request: Request,
    portal: Portal,
    *,
    paper: PublicPaper | None = None,
    said: str = "",
    typed: dict[str, str] | None = None,
    path: str = "",
    same: bool | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    limit = portal.desk.size_limit_bytes
    return page(
        request, "real.html", person=reader_of(request, portal), status=status, paper=paper,
        said=said, typed=typed or {}, compare_path=path, same=same, refusal=refusal,
        limit_mb=limit >> 20, limit_bytes=limit,
    )  # fmt: skip
