"""Dữ liệu cơ quan: an office file is looked at in words, then taken, by an administrator."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from actions.administering.office_file import (
    Brought,
    bring_office,
    look_at_office,
    office_as_it_stands,
)
from actions.errors import ActionRefusedError, InvalidInputError, Problem
from portal.administering import PREFIX, Administrator
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.i18n.catalogue import noted
from portal.identity import Person, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload

PATH: Final = f"{PREFIX}/du-lieu"
UPLOAD: Final = f"{PATH}/nap"
LIMIT_BYTES: Final = 2 * 1024 * 1024
MOST_SHOWN: Final = 200
TAKE: Final = "nap"
KINDS: Final = {
    "organisation": noted("đơn vị"), "channel": noted("kênh gửi"),
    "successor": noted("đơn vị kế thừa"), "group": noted("nhóm đơn vị"),
    "membership": noted("thành viên nhóm"), "officer": noted("cán bộ"), "post": noted("chức vụ"),
    "authority": noted("quyền ký"), "series": noted("dãy số"), "day": noted("ngày nghỉ, làm bù"),
    "calendar_year": noted("lịch năm"), "ladder": noted("bậc đôn đốc"),
    "office": noted("thông tin cơ quan"),
}  # fmt: skip
"""How kinds of rows are called, by the first part of their label."""
COLUMNS: Final = {
    "name": noted("tên"), "email": noted("thư điện tử"), "address": noted("địa chỉ"),
    "channel": noted("kênh gửi"), "valid_from": noted("từ ngày"), "valid_to": noted("đến ngày"),
    "roles": noted("vai trò"), "title": noted("chức danh"), "position": noted("chức vụ ký"),
    "aliases": noted("tên gọi khác"), "parent_id": noted("cấp trên"),
    "abbreviation": noted("chữ viết tắt"), "mailbox": noted("hộp thư"),
    "left_on": noted("ngày thôi công tác"), "capacity": noted("tư cách ký"),
}  # fmt: skip
"""How columns are called; others by their names in the file."""

router = APIRouter(prefix=PATH)


@router.get("")
def office_file(request: Request, person: Administrator) -> Response:
    """Shows how to bring a file."""
    return _show(request, person)


@router.get("/tep")
def download(portal: ThePortal, person: Administrator) -> Response:
    """Gives the office file as the office stands now."""
    with portal.database.reading() as session:
        file = office_as_it_stands(session, at=portal.at(), actor=person.actor)
    name = f"co-quan-{portal.today().isoformat()}.toml"
    return Response(
        file, media_type="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@router.post("/nap")
async def bring(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Shows what a file would change; takes it where that was seen."""
    try:
        upload = await read_upload(request, limit_bytes=LIMIT_BYTES)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        wants = upload.fields.get("act", "") == TAKE
        brought = await to_thread.run_sync(
            partial(
                _bring, portal, person, upload.name, upload.content,
                seen=upload.fields.get("seen", "") if wants else None,
            ),
            limiter=portal.judges,
        )  # fmt: skip
    except (ActionRefusedError, BadUploadError, UploadTooLargeError) as refusal:
        return await to_thread.run_sync(partial(_show, request, person, refusal=refusal))
    return await to_thread.run_sync(partial(_show, request, person, brought=brought, done=wants))


def _bring(
    portal: Portal, person: Person, name: str, content: bytes, *, seen: str | None
) -> Brought:
    known = "".join(one for one in name if one.isprintable())[-100:] or "tệp"
    looked = look_at_office(portal.database, known, content, at=portal.at(), actor=person.actor)
    if seen is None:
        return looked
    if seen != looked.summary.sha256:
        said = "không phải tệp vừa xem; xem thay đổi của tệp này trước khi nạp."
        raise InvalidInputError(Problem(place="Tệp", reason=said))
    return bring_office(portal.database, known, content, at=portal.at(), actor=person.actor)


def _show(
    request: Request,
    person: Person,
    *,
    brought: Brought | None = None,
    done: bool = False,
    refusal: ActionRefusedError | PortalError | None = None,
) -> Response:
    problem = problem_of(refusal) if refusal else None
    faults = refusal.problems if isinstance(refusal, InvalidInputError) else ()
    return page(
        request, "office_file.html", person=person, status=problem.status if problem else 200,
        brought=brought, done=done, refusal=problem.sentence.partition("\n")[0] if problem else "",
        faults=faults[:MOST_SHOWN], kinds=KINDS, columns=COLUMNS, most=MOST_SHOWN, shown=_shown,
        differing=_differing,
    )  # fmt: skip


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in after if before.get(name) != after[name])


def _shown(value: Any) -> str:  # noqa: ANN401 (a column of any type)
    if value is None or value == "":
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value)
