"""What a draft must be before it is let in: its text, its units, its people.

A draft is refused whole, with every problem and its place. Nothing is stored of a refused draft.

Source: NĐ 30/2020 Đ10 (drafting), Đ12 (two checks), Đ13 (who signs); secret papers: Đ15.2, Đ16.3.
"""

from itertools import combinations

from actions.access import ROLE_WORDS, roles_on
from actions.desk import Deed
from actions.draft import Draft
from actions.draft_problems import (
    attachment_problems,
    length_problems,
    line_problems,
    task_problems,
    text_problems,
)
from actions.entitlement import entitled_authority
from actions.errors import InvalidInputError, NotAuthorisedError, Problem, SeparationError
from actions.named_units import unit_problems
from models.officer import Officer, Role, SigningAuthority
from models.organisation import Organisation

_REVIEWERS = (
    ("content_reviewer", Role.CONTENT_REVIEWER),
    ("form_reviewer", Role.FORM_REVIEWER),
)


def admit(
    deed: Deed, draft: Draft, *, organisation_id: str, drafter_id: str, size_limit_bytes: int
) -> None:
    """Insists that a draft may be stored for an office today.

    Raises:
        InvalidInputError: text, recipients, tasks, attachments or the signature block are wrong;
            names each place.
        SeparationError: two steps were given to one person.
        NotAuthorisedError: a reviewer who was named is none.
        NotEntitledError: the signatory may not sign this kind of paper today.
    """
    problems = (
        *text_problems(draft.content),
        *_regime_problems(deed, draft, organisation_id),
        *line_problems(draft.content, draft.lines),
        *unit_problems(deed.session, draft, deed.day),
        *task_problems(draft.tasks),
        *length_problems(draft),
        *attachment_problems(draft.attachments, size_limit_bytes),
    )
    if problems:
        raise InvalidInputError(*problems)
    _require_apart(deed, draft, drafter_id)
    _require_reviewers(deed, draft, organisation_id)
    authority = entitled_authority(
        deed.session,
        draft.authority_id,
        officer_id=draft.signatory,
        organisation_id=organisation_id,
        doc_type=draft.content.doc_type,
        day=deed.day,
    )
    _require_signature_block(deed, draft, authority)


def _regime_problems(deed: Deed, draft: Draft, organisation_id: str) -> tuple[Problem, ...]:
    organisation = deed.session.get_one(Organisation, organisation_id)
    if organisation.regime == draft.content.regime:
        return ()
    reason = f"Cơ quan ban hành dùng thể thức “{organisation.regime}”. Chọn lại thể thức."
    return (Problem(place="Thể thức", reason=reason),)


def _require_apart(deed: Deed, draft: Draft, drafter_id: str) -> None:
    """Four steps, four people. Source: NĐ 30/2020 Đ12 (content and form by different people)."""
    steps = (
        ("soạn thảo", drafter_id),
        ("kiểm tra nội dung", draft.content_reviewer),
        ("kiểm tra thể thức", draft.form_reviewer),
        ("phê duyệt và ký", draft.signatory),
    )
    for (first, one), (second, other) in combinations(steps, 2):
        if one == other:
            raise SeparationError(_name(deed, one), first, second)


def _require_reviewers(deed: Deed, draft: Draft, organisation_id: str) -> None:
    for attribute, role in _REVIEWERS:
        officer_id = getattr(draft, attribute)
        if role not in roles_on(deed.session, officer_id, organisation_id, deed.day):
            what = "nhận việc kiểm tra văn bản này"
            raise NotAuthorisedError(_name(deed, officer_id), what, ROLE_WORDS[role])


def _require_signature_block(deed: Deed, draft: Draft, authority: SigningAuthority) -> None:
    """What the page says of the signatory must be what the authority says."""
    block = draft.content.signature
    pairs = (
        ("Quyền hạn ký", block.capacity_lines, tuple(authority.capacity_lines)),
        ("Chức vụ người ký", (block.position,), (authority.position,)),
        ("Họ tên người ký", (block.name,), (_name(deed, authority.officer_id),)),
    )
    problems = [
        Problem(
            place=place,
            reason=f"Ghi “{' / '.join(printed)}” nhưng thẩm quyền ký là "
            f"“{' / '.join(entitled)}”. Sửa lại cho khớp.",
        )
        for place, printed, entitled in pairs
        if _plain(printed) != _plain(entitled)
    ]
    if problems:
        raise InvalidInputError(*problems)


def _plain(lines: tuple[str, ...]) -> list[str]:
    return [" ".join(line.split()).casefold() for line in lines]


def _name(deed: Deed, officer_id: str) -> str:
    officer = deed.session.get(Officer, officer_id)
    return officer.name if officer else officer_id
