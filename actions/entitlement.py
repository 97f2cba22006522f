"""Who may sign what on which day. Source: NĐ 30/2020 Đ13; HD 36-HD/VPTW II.1.7.1."""

from datetime import date

from sqlalchemy.orm import Session

from actions.errors import NotEntitledError
from models.officer import Officer, SigningAuthority


def entitled_authority(
    session: Session,
    authority_id: str | None,
    *,
    officer_id: str | None,
    organisation_id: str,
    doc_type: str,
    day: date,
) -> SigningAuthority:
    """Returns the authority by which an officer may sign a kind of paper on a day.

    Raises:
        NotEntitledError: there is no such authority, or it is somebody else's, or another
            office's, or does not cover the kind of paper or the day, or the officer has left.
    """
    officer = session.get(Officer, officer_id) if officer_id else None
    authority = session.get(SigningAuthority, authority_id) if authority_id else None
    if (
        officer is None
        or authority is None
        or not _in_service(officer, day)
        or (authority.officer_id, authority.organisation_id) != (officer.id, organisation_id)
        or not _covers(authority, doc_type, day)
    ):
        name = officer.name if officer else (officer_id or "Người ký chưa được chọn")
        raise NotEntitledError(name, doc_type, f"{day:%d/%m/%Y}")
    return authority


def _in_service(officer: Officer, day: date) -> bool:
    return officer.left_on is None or officer.left_on >= day


def _covers(authority: SigningAuthority, doc_type: str, day: date) -> bool:
    kinds = {str(kind).casefold() for kind in authority.doc_types}
    return (
        (not kinds or doc_type.casefold() in kinds)
        and authority.valid_from <= day
        and (authority.valid_to is None or authority.valid_to >= day)
    )
