"""Chứng thư: all certificates of officers and of the agency; one is registered, one is ended.

An office on trial gets trial certificates here for all who lack one, at one press.

Keys on the server, in a device there or at a remote service are registered at the server, where
their way is known (`trinhky key add`). Here come those whose key stays with the person.
"""

import ssl
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from actions.certificate_ends import end
from actions.certificate_rows import KIND_WORDS, CertificateLine, certificate_lines
from actions.certificates import NewCertificate, Registered, register
from actions.errors import ActionRefusedError, InvalidInputError, NotFoundError, Problem
from actions.expiring import THRESHOLDS
from actions.offices import office_facts
from actions.setting_up import signing_officers, without_key
from models.officer import Officer, in_service
from portal.administering import (
    MOST_REASON,
    PREFIX,
    Administrator,
    ChangingAdministrator,
    day_typed,
)
from portal.context import Portal, ThePortal
from portal.errors import BadUploadError, PortalError, UploadTooLargeError
from portal.i18n.catalogue import noted
from portal.identity import Person, check_own_form
from portal.problems import problem_of
from portal.rendering import page
from portal.uploads import read_upload
from wiring.demo_pki.build import DEMO_PIN
from wiring.demo_setup import begin_trial

PATH: Final = f"{PREFIX}/chung-thu"
UPLOAD: Final = f"{PATH}/dang-ky"
TRIAL: Final = f"{PATH}/thu-nghiem"
LIMIT_BYTES: Final = 256 * 1024
"""A certificate has a few thousand bytes."""
WAYS: Final = ("agent", "upload")
"""Ways to a key that need nothing at the server."""
AGENCY: Final = "@"
"""Stands for the agency among the holders; no identifier has it."""
_DAY: Final = "Ngày"
_FAR: Final = date(9999, 12, 31)
_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
DONE: Final = {"cham-dut": noted("Đã chấm dứt chứng thư.")}

router = APIRouter()


@router.get(PATH)
def certificates(
    request: Request, portal: ThePortal, person: Administrator, xong: str = ""
) -> Response:
    """Lists the certificates, those first that end first; ended ones last."""
    return _show(request, portal, person, done=DONE.get(xong, ""))


@router.post(UPLOAD)
async def add(request: Request, portal: ThePortal, person: Administrator) -> Response:
    """Registers a certificate of a file, whose key stays with its holder."""
    typed: dict[str, str] = {}
    try:
        upload = await read_upload(request, limit_bytes=LIMIT_BYTES)
        check_own_form(request, person, upload.fields.get("csrf", ""))
        typed = {name: upload.fields.get(name, "") for name in ("holder", "way", "since")}
        made = await to_thread.run_sync(
            partial(_register, portal, person, upload.content, typed), limiter=portal.judges
        )
    except (ActionRefusedError, BadUploadError, UploadTooLargeError) as refusal:
        return await to_thread.run_sync(
            partial(_show, request, portal, person, refusal=refusal, form="dang-ky", typed=typed)
        )
    return await to_thread.run_sync(partial(_show, request, portal, person, made=made))


@router.post(TRIAL)
def try_out(request: Request, portal: ThePortal, person: ChangingAdministrator) -> Response:
    """Gives trial certificates to the signatories and the agency, who have none yet."""
    try:
        given = begin_trial(
            portal.database, portal.office.settings, at=portal.at(), actor=person.actor
        )
    except InvalidInputError as refusal:
        return _show(request, portal, person, refusal=refusal, form="thu-nghiem")
    return _show(request, portal, person, given=given)


@router.post(f"{PATH}/{{fingerprint}}/cham-dut")
def finish(
    *,
    request: Request,
    portal: ThePortal,
    person: ChangingAdministrator,
    fingerprint: str,
    reason: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
) -> Response:
    """Ends a certificate with a day, with the reason."""
    why = reason.strip()[:MOST_REASON]
    try:
        end(
            portal.database, fingerprint, on=day_typed(until, portal, _DAY), reason=why,
            at=portal.at(), actor=person.actor,
        )  # fmt: skip
    except NotFoundError:
        raise
    except ActionRefusedError as refusal:
        typed = {"reason": why, "until": until}
        return _show(request, portal, person, refusal=refusal, form=fingerprint, typed=typed)
    return RedirectResponse(f"{PATH}?xong=cham-dut", status_code=303)


def _register(portal: Portal, person: Person, content: bytes, typed: dict[str, str]) -> Registered:
    with portal.database.reading() as session:
        agency = office_facts(session).organisation_id
    is_agency = typed["holder"] == AGENCY
    if typed["way"] not in WAYS:
        raise InvalidInputError(Problem(place="Cách ký", reason="chọn một cách trong danh sách."))
    new = NewCertificate(
        der=_der_of(content), key_kind=typed["way"],
        valid_from=day_typed(typed["since"], portal, _DAY),
        officer_id=None if is_agency else typed["holder"],
        organisation_id=agency if is_agency else None,
    )  # fmt: skip
    return register(portal.database, new, at=portal.at(), actor=person.actor)


def _der_of(content: bytes) -> bytes:
    """Returns the certificate of a PEM or DER file.

    Raises:
        InvalidInputError: a private key is in the file; it must not leave its holder.
    """
    if b"PRIVATE KEY" in content:
        said = "tệp này có khoá bí mật; chỉ nộp chứng thư, giữ kín tệp kia."
        raise InvalidInputError(Problem(place="Chứng thư", reason=said))
    first, last = content.find(_BEGIN), content.find(_END)
    if not 0 <= first < last:
        return content
    try:
        return ssl.PEM_cert_to_DER_cert(content[first : last + len(_END)].decode())
    except ValueError:
        return content  # `register` says that it is none


def _show(
    request: Request,
    portal: Portal,
    person: Person,
    *,
    done: str = "",
    made: Registered | None = None,
    given: Sequence[str] | None = None,
    refusal: ActionRefusedError | PortalError | None = None,
    form: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    problem, today = problem_of(refusal) if refusal else None, portal.today()
    with portal.database.reading() as session:
        lines = certificate_lines(session, portal.at())
        holders = session.execute(
            select(Officer.id, Officer.name)
            .where(in_service(today))
            .order_by(Officer.sort_key, Officer.id)
        ).all()
        lacking = without_key(session, today)
        office = office_facts(session)
        names = {office.organisation_id: office.name, **{one.id: one.name for one in holders}}
        may_sign = bool(signing_officers(session, today))
    return page(
        request, "certificates.html", person=person, status=problem.status if problem else 200,
        lines=sorted(lines, key=lambda one: _order(one, today)), holders=holders, agency=AGENCY,
        ways=[(one, KIND_WORDS[one]) for one in WAYS], kinds=KIND_WORDS, made=made, done=done,
        refusal=problem.sentence if problem else "", form=form, typed=typed or {},
        soon=max(THRESHOLDS), most_reason=MOST_REASON, given=given, pin=DEMO_PIN,
        lacking=[names[one] for one in lacking], may_sign=may_sign,
        stamps=bool(portal.office.settings.timestamps.addresses),
    )  # fmt: skip


def _order(line: CertificateLine, today: date) -> tuple[bool, date, str]:
    last = line.last_day or _FAR
    return (last < today, last, line.holder)
