"""Templates of the office: a draft kept for others to begin with.

A template holds the kind, the text with its annexes, the recipient lines and the tasks. It holds
nothing of one paper: no people, no files, and no day by which a task is due; deadlines that hang on
an event or come again stay. Any drafter keeps and uses templates; renaming and withdrawing is for
whoever made it, the registry clerk and the administrator.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.access import roles_on
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, Problem
from actions.offices import office_facts
from actions.working.beginning import begun_with
from actions.working.body import Body, Task
from actions.working.choices import kinds
from actions.working.keeping import KIND as DRAFT
from actions.working.keeping import add, body_of, drafting_office, working_draft
from actions.working.secrecy import secrecy_of
from deadlines.kinds import DeadlineKind
from models.alphabet import sort_key
from models.officer import Role
from models.working import DraftTemplate

KIND: Final = "draft_template"
MOST_TEMPLATES: Final = 200
LONGEST_NAME: Final = 120
USERS: Final = frozenset({Role.DRAFTER, Role.REGISTRY_CLERK, Role.ADMINISTRATOR})
"""Who sees the templates of their office."""
KEEPERS: Final = frozenset({Role.REGISTRY_CLERK, Role.ADMINISTRATOR})
"""Who renames and withdraws templates of others."""
DATED: Final = frozenset(
    {
        *(DeadlineKind.BEFORE_DATE, DeadlineKind.WITHIN_MONTH, DeadlineKind.WITHIN_QUARTER),
        *(DeadlineKind.WITHIN_YEAR, DeadlineKind.RANGE, DeadlineKind.FROM_DATE),
    }
)
"""Deadlines that name a time of the calendar: it is over when the template is used."""
BLANK: Final = "…"
_FIGURES: Final = re.compile(r"\d+|(?<=quý )[IVX]+", re.IGNORECASE)


def save_template(desk: Desk, actor: Actor, key: uuid.UUID, name: str) -> uuid.UUID:
    """Keeps a working copy as a template of the office. Returns the template's key.

    Raises:
        NotFoundError: there is no such copy of the actor's.
        NotAuthorisedError: the actor is no drafter.
        InvalidInputError: no name, one too long or used already; a mark of secrecy; too many.
    """
    with doing(desk, actor, "save_template", kind=KIND) as deed:
        office = drafting_office(deed)
        body = blank(body_of(working_draft(deed.session, actor, key)))
        mark = secrecy_of("\n".join(_texts(body)), name)
        if mark:
            raise _wrong(
                "Mẫu", f"Dự thảo có dấu chỉ độ mật “{mark}”, không lưu làm mẫu chung được."
            )
        if len(templates_of(deed.session, office.id)) >= MOST_TEMPLATES:
            raise _wrong("Mẫu", f"Đã có {MOST_TEMPLATES} mẫu. Thu hồi bớt mẫu không dùng nữa.")
        row = DraftTemplate(
            id=uuid.uuid4(), organisation_id=office.id, name=_good_name(name),
            doc_type=body.doc_type, body=body.model_dump(mode="json"), made_by=actor.id,
            created_at=deed.at,
        )  # fmt: skip
        deed.session.add(row)
        _flush(deed)
        deed.subject_id = str(row.id)
        deed.detail |= {"name": row.name, "doc_type": row.doc_type}
        return row.id


def begin_from_template(desk: Desk, actor: Actor, key: uuid.UUID) -> uuid.UUID:
    """Begins a draft with a template. Returns the draft's key.

    Raises:
        NotAuthorisedError: the actor is no drafter.
        NotFoundError: there is no such template, or it was withdrawn.
        InvalidInputError: the office writes no such papers any more, or there are too many drafts.
    """
    with doing(desk, actor, "begin_draft", kind=DRAFT) as deed:
        office = drafting_office(deed)
        row = _offered(deed.session, office.id, key)
        if row.doc_type not in {one.name for one in kinds(deed.session, office.id, deed.day)}:
            reason = f"Cơ quan không còn loại văn bản “{row.doc_type}”. Chọn mẫu khác."
            raise _wrong("Mẫu", reason)
        deed.detail |= {"template": str(key)}
        body = begun_with(deed.session, office, Body.model_validate(row.body), deed.day)
        return add(deed, office, body)


def rename_template(desk: Desk, actor: Actor, key: uuid.UUID, name: str) -> None:
    """Calls a template otherwise.

    Raises:
        NotFoundError: there is no such template, or it was withdrawn.
        NotAuthorisedError: it is another's, and the actor neither clerk nor administrator.
        InvalidInputError: no name, one too long or used already.
    """
    with doing(desk, actor, "rename_template", kind=KIND, subject=key) as deed:
        row = _kept_by(deed, key, "đổi tên mẫu văn bản")
        deed.detail |= {"before": row.name}
        row.name = _good_name(name)
        _flush(deed)
        deed.detail |= {"name": row.name}


def withdraw_template(desk: Desk, actor: Actor, key: uuid.UUID) -> None:
    """Offers a template no more; drafts that began with it stay.

    Raises:
        NotFoundError: there is no such template, or it was withdrawn before.
        NotAuthorisedError: it is another's, and the actor neither clerk nor administrator.
    """
    with doing(desk, actor, "withdraw_template", kind=KIND, subject=key) as deed:
        row = _kept_by(deed, key, "thu hồi mẫu văn bản")
        row.withdrawn_at = deed.at
        deed.detail |= {"name": row.name}


def templates_of(session: Session, organisation_id: str) -> list[DraftTemplate]:
    """Returns the templates of an office by name."""
    found = session.scalars(
        select(DraftTemplate).where(
            DraftTemplate.organisation_id == organisation_id,
            DraftTemplate.withdrawn_at.is_(None),
        )
    )
    return sorted(found, key=lambda one: (sort_key(one.name), one.id))


def template_of(session: Session, actor: Actor, key: uuid.UUID, day: date) -> DraftTemplate:
    """Returns a template of the actor's office.

    Raises:
        NotAuthorisedError: the actor has no part in drafting there.
        NotFoundError: there is no such template, or it was withdrawn.
    """
    office_id = office_facts(session).organisation_id
    if actor.kind != "officer" or not USERS & roles_on(session, actor.id, office_id, day):
        needed = "người soạn thảo, văn thư và người quản trị"
        raise NotAuthorisedError(actor.name, "xem mẫu văn bản", needed)
    return _offered(session, office_id, key)


def may_keep(session: Session, actor: Actor, row: DraftTemplate, day: date) -> bool:
    """Tells whether somebody may rename and withdraw a template."""
    held = roles_on(session, actor.id, row.organisation_id, day)
    return bool(KEEPERS & held) or (row.made_by == actor.id and Role.DRAFTER in held)


def blank(body: Body) -> Body:
    """Returns a draft without what belongs to one paper alone; the given one stays as it is."""
    made = body.model_copy(deep=True)
    made.attachments = []
    made.authority_id = made.content_reviewer = made.form_reviewer = made.urgency = ""
    for task in made.tasks:
        if task.kind in DATED:
            _without_day(made, task)
        task.schedule = {
            name: None if name in {"starts", "ends"} else value
            for name, value in task.schedule.items()
        }
    return made


def _without_day(body: Body, task: Task) -> None:
    """The figures of a deadline become dots, in the task and wherever the text says it.

    It is a named day from here on, so that the draft cannot be handed in before it has one.
    """
    words = task.deadline_raw
    blanked = _FIGURES.sub(BLANK, words)
    task.named_date, task.kind = None, DeadlineKind.BEFORE_DATE.value
    if not words.strip() or blanked == words:
        return
    shape = re.compile(r"\s+".join(map(re.escape, words.split())))

    def undated(text: str) -> str:
        return shape.sub(lambda found: _FIGURES.sub(BLANK, found[0]), text)

    for _, item in body.paragraphs():
        item.text = undated(item.text)
    for one in body.tasks:
        one.sentence, one.what = undated(one.sentence), undated(one.what)
    task.deadline_raw = blanked


def _texts(body: Body) -> Iterator[str]:
    yield from (body.title, body.parent_issuer, body.issuer, *body.addressees)
    for _, items in body.lists():
        for item in items:
            yield from (item.text, *item.header, *(cell for row in item.rows for cell in row))
    yield from (line.raw for line in body.lines)


def _offered(session: Session, organisation_id: str, key: uuid.UUID) -> DraftTemplate:
    row = session.get(DraftTemplate, key)
    if row is None or row.organisation_id != organisation_id or row.withdrawn_at is not None:
        raise NotFoundError("mẫu văn bản", key)
    return row


def _kept_by(deed: Deed, key: uuid.UUID, what: str) -> DraftTemplate:
    row = _offered(deed.session, office_facts(deed.session).organisation_id, key)
    if deed.actor.kind != "officer" or not may_keep(deed.session, deed.actor, row, deed.day):
        needed = "người lập mẫu, văn thư hoặc người quản trị"
        raise NotAuthorisedError(deed.actor.name, what, needed)
    return row


def _good_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise _wrong("Tên mẫu", f"Ghi tên ngắn gọn, không quá {LONGEST_NAME} ký tự.")
    return name


def _flush(deed: Deed) -> None:
    try:
        deed.session.flush()
    except IntegrityError as clash:
        raise _wrong("Tên mẫu", "Cơ quan đã có mẫu tên này. Ghi tên khác.") from clash


def _wrong(place: str, reason: str) -> InvalidInputError:
    return InvalidInputError(Problem(place=place, reason=reason))
