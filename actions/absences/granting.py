"""What a deputy gets for the days of an absence: an authority to sign, a post with roles.

They stand where rights always stand and are looked for there by every deed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from actions.absences.capacity import WORDS, printed_for, words_of
from actions.access import ROLE_WORDS, posts_on, roles_on
from actions.errors import InvalidInputError, Problem
from documents.content import Regime
from models.absence import Absence
from models.directive import Directive
from models.officer import Capacity, Officer, Post, Role, SigningAuthority
from models.organisation import Office, Organisation

NEVER_LENT: Final = frozenset({Role.ADMINISTRATOR})
"""Roles that no absence gives to anybody."""
SIGN: Final = "Dạng ký"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a deputy is to get."""

    capacity: Capacity | None = None
    """How the deputy signs for the absent officer; None where no authority is made."""
    position: str = ""
    """The deputy's own post as printed; the one in the office's data where none is said."""
    roles: tuple[Role, ...] = ()
    """Roles of the absent officer that the deputy gets."""


def office_of(session: Session) -> Organisation:
    """Returns the organisation of the office."""
    return session.get_one(Organisation, session.get_one(Office, 1).organisation_id)


def authorities_over(
    session: Session, officer_id: str, organisation_id: str, first: date, last: date
) -> list[SigningAuthority]:
    """Returns by what somebody may sign on all days from the first to the last."""
    return list(
        session.scalars(
            select(SigningAuthority)
            .where(
                SigningAuthority.officer_id == officer_id,
                SigningAuthority.organisation_id == organisation_id,
                SigningAuthority.valid_from <= first,
                or_(SigningAuthority.valid_to.is_(None), SigningAuthority.valid_to >= last),
            )
            .order_by(SigningAuthority.id)
        )
    )


def lendable(session: Session, officer_id: str, day: date) -> tuple[Role, ...]:
    """Returns the roles at the office that somebody's deputy may get."""
    held = roles_on(session, officer_id, office_of(session).id, day) - NEVER_LENT
    return tuple(role for role in Role if role in held)


def grant(session: Session, absence: Absence, given: Grant, absent: Officer) -> None:
    """Makes the authority and the post of a deputy and notes them in the absence.

    Does not commit.

    Raises:
        InvalidInputError: the absent officer cannot be replaced so; names each reason.
    """
    if given.capacity is not None:
        authority = _authority(session, absence, given, absent)
        session.add(authority)
        session.flush()
        absence.authority_id = authority.id
    if given.roles:
        absence.post_id = _post(session, absence, given, absent)


def _authority(
    session: Session, absence: Absence, given: Grant, absent: Officer
) -> SigningAuthority:
    office, capacity = office_of(session), Capacity(given.capacity or "")
    held = authorities_over(
        session, absent.id, office.id, absence.first_day, absence.last_day
    )  # fmt: skip
    if not held:
        said = (
            f"{absent.name} không có quyền ký suốt những ngày này nên không ai ký thay được; chọn "
            "không giao ký."
        )
        raise InvalidInputError(Problem(place=SIGN, reason=said))
    own = next((one for one in held if not one.doc_types), held[0])
    printed = printed_for(own, capacity, Regime(office.regime), absence.first_day)
    problems = []
    if printed is None:
        usable = ", ".join(words_of(Regime(office.regime), absence.first_day).values())
        said = (
            f"{absent.name} không được thay bằng cách {WORDS[capacity]}: thể thức của cơ quan có "
            f"{usable}; TM. chỉ dùng khi chính người vắng ký thay mặt tập thể."
        )
        problems.append(Problem(place=SIGN, reason=said))
    if capacity is Capacity.TUQ and not absence.basis:
        said = "thừa uỷ quyền phải có văn bản uỷ quyền; ghi số, ngày văn bản."
        problems.append(Problem(place="Văn bản, căn cứ", reason=said))
    position = given.position or _title(session, absence, office.id)
    if not position:
        said = "người thay không giữ chức vụ nào hôm ấy; ghi chức vụ như in trên văn bản."
        problems.append(Problem(place="Chức vụ in", reason=said))
    if problems or printed is None:
        raise InvalidInputError(*problems)
    every = any(not one.doc_types for one in held)
    kinds = [] if every else sorted({str(kind) for one in held for kind in one.doc_types})
    return SigningAuthority(
        id=_free_key(session, absence), officer_id=absence.deputy_id, organisation_id=office.id,
        capacity=capacity.value, on_behalf_of=printed.on_behalf_of, position=position,
        capacity_lines=list(printed.lines), doc_types=kinds, basis=absence.basis,
        valid_from=absence.first_day, valid_to=absence.last_day,
    )  # fmt: skip


def _title(session: Session, absence: Absence, organisation_id: str) -> str:
    held = posts_on(session, absence.deputy_id, absence.first_day)
    return next((one.title for one in held if one.organisation_id == organisation_id), "")


def _free_key(session: Session, absence: Absence) -> str:
    """Returns a key that the office file can hold, and that nothing else has."""
    stem = f"thay-{absence.deputy_id[:50]}-{absence.first_day:%Y%m%d}"
    taken = set(
        session.scalars(
            select(SigningAuthority.id).where(SigningAuthority.id.startswith(stem, autoescape=True))
        )
    )
    return next(
        key
        for key in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
        if key not in taken
    )


def _post(session: Session, absence: Absence, given: Grant, absent: Officer) -> int:
    office = office_of(session)
    lent = lendable(session, absent.id, absence.first_day)
    foreign = [ROLE_WORDS[role] for role in given.roles if role not in lent]
    if foreign:
        said = f"{absent.name} không giữ, hoặc không giao được: {', '.join(foreign)}."
        raise InvalidInputError(Problem(place="Vai trò giao kèm", reason=said))
    title = f"Làm thay {absent.name}"
    key = (
        Post.officer_id == absence.deputy_id,
        Post.organisation_id == office.id,
        Post.title == title,
        Post.valid_from == absence.first_day,
    )
    post = session.scalars(select(Post).where(*key)).first()
    if post is None:
        post = Post(
            officer_id=absence.deputy_id, organisation_id=office.id, title=title,
            valid_from=absence.first_day,
        )  # fmt: skip
        session.add(post)
    post.roles, post.valid_to = [role.value for role in given.roles], absence.last_day
    session.flush()
    return post.id


def shorten(session: Session, absence: Absence, last_day: date) -> None:
    """Ends what the deputy got with a day."""
    if absence.authority_id is not None:
        session.get_one(SigningAuthority, absence.authority_id).valid_to = last_day
    if absence.post_id is not None:
        session.get_one(Post, absence.post_id).valid_to = last_day


def withdraw(session: Session, absence: Absence) -> None:
    """Takes away what the deputy was to get on days that have not come; nothing rests on it yet."""
    authority_id, post_id = absence.authority_id, absence.post_id
    absence.authority_id = absence.post_id = None
    session.flush()
    if authority_id is not None:
        named = select(Directive.id).where(Directive.authority_id == authority_id).limit(1)
        if session.scalars(named).first() is None:
            session.delete(session.get_one(SigningAuthority, authority_id))
    if post_id is not None:
        session.delete(session.get_one(Post, post_id))
    session.flush()
