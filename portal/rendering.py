"""Turns a template into an answer, with what every page shows: the office, the person, the way."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_eval_context,
    select_autoescape,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from actions.deed_words import deed_words
from actions.errors import NotFoundError
from actions.legal_steps import STANDS_WORDS
from actions.notices.showing import count_new
from actions.offices import office_facts
from actions.ordering import state_words, title_of
from actions.ways import CHANNEL_WORDS
from models.officer import Role
from portal import static_files, words
from portal.context import Portal
from portal.i18n import writing
from portal.i18n.catalogue import agreed, gettext, ngettext, noted
from portal.i18n.choosing import spoken
from portal.i18n.said import said
from portal.identity import FORM_COOKIE, Person, form_token, set_form_token
from portal.live import bell_words, live_of_any
from portal.typed import lost_texts
from portal.ways_back import way_back

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the rail."""

    path: str
    label: str
    icon: str
    roles: frozenset[Role] | None = None
    """Who sees it; None for everybody."""
    daily: frozenset[Role] = frozenset()
    """Whose daily work it is: on a telephone it stands in their bar, before what others need."""


_ALL = frozenset(Role)
RAIL = (
    Entry(path="/viec-cua-toi", label=noted("Việc của tôi"), icon="tray"),
    Entry(path="/van-ban", label=noted("Văn bản"), icon="page"),
    Entry(
        path="/soan",
        label=noted("Soạn văn bản"),
        icon="file",
        roles=frozenset({Role.DRAFTER}),
        daily=frozenset({Role.DRAFTER}),
    ),
    Entry(
        path="/van-ban-den",
        label=noted("Văn bản đến"),
        icon="inbox",
        daily=frozenset({Role.REGISTRY_CLERK}),
    ),
    Entry(
        path="/phat-hanh",
        label=noted("Phát hành"),
        icon="send",
        roles=frozenset({Role.REGISTRY_CLERK, Role.OPERATOR, Role.AUDITOR, Role.FOLLOW_UP}),
        daily=frozenset({Role.REGISTRY_CLERK}),
    ),
    Entry(
        path="/theo-doi",
        label=noted("Theo dõi"),
        icon="list",
        roles=_ALL - {Role.FORM_REVIEWER, Role.ADMINISTRATOR},
        daily=frozenset({Role.FOLLOW_UP, Role.SIGNATORY}),
    ),
    Entry(
        path="/thu-den",
        label=noted("Thư cần xử lý"),
        icon="mail",
        roles=frozenset({Role.REGISTRY_CLERK, Role.FOLLOW_UP, Role.OPERATOR, Role.AUDITOR}),
        daily=frozenset({Role.FOLLOW_UP}),
    ),
    Entry(path="/kiem-tra-chu-ky", label=noted("Kiểm tra chữ ký"), icon="check"),
    Entry(path="/so-van-ban", label=noted("Sổ văn bản"), icon="book"),
    Entry(
        path="/lich-lam-viec",
        label=noted("Lịch làm việc"),
        icon="calendar",
        roles=frozenset({Role.ADMINISTRATOR, Role.FOLLOW_UP}),
    ),
    Entry(
        path="/ban-sao",
        label=noted("Sao văn bản"),
        icon="file",
        roles=frozenset({Role.REGISTRY_CLERK}),
    ),
    Entry(
        path="/van-hanh",
        label=noted("Vận hành"),
        icon="plain",
        roles=frozenset(
            {Role.OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR, Role.REGISTRY_CLERK, Role.FOLLOW_UP}
        ),
        daily=frozenset({Role.OPERATOR}),
    ),
    Entry(
        path="/quan-tri",
        label=noted("Quản trị"),
        icon="list",
        roles=frozenset({Role.ADMINISTRATOR}),
        daily=frozenset({Role.ADMINISTRATOR}),
    ),
    Entry(
        path="/quan-tri/nhat-ky",
        label=noted("Nhật ký"),
        icon="book",
        roles=frozenset({Role.AUDITOR}),
        daily=frozenset({Role.AUDITOR}),
    ),
)
"""The ways through the portal."""
IN_BAR: Final = 4
"""Entries in the bar of a telephone; the others are behind "Thêm"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLook:
    """The office as every page shows it."""

    name: str = "Trình Ký"
    address: str = words.DEFAULT_ADDRESS
    """How people are addressed."""
    test_only: bool = False


@pass_eval_context
def _said_in_page(here: EvalContext, text: str, /, **values: object) -> str:
    """A text of a template: as the extension says it, with the forms that its values ask for."""
    template = agreed(gettext(text), values)
    return (Markup(template) if here.autoescape else template) % values  # noqa: S704 (a text of ours)


def make_templates() -> Environment:
    """Returns the templates: everything escaped, a missing value an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # newstyle: values are named in the text, and escaped like everything else
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True
    )
    made.globals["gettext"] = _said_in_page
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {
        "day": writing.day,
        "due_day": writing.due_day,
        "paper_day": writing.paper_day,
        "clock": writing.clock,
        "moment": words.moment,
        "state": words.state,
        "stands": lambda directive: said(state_words(directive)),
        "titled": lambda directive: said(title_of(directive)),
        "tone": words.tone,
        "delivery": words.delivery,
        "figure": writing.figure,
        "percent": writing.percent,
        "size": words.size,
        "addressed": words.addressed,
        "task_place": words.task_place,
        "said": said,
    }
    made.globals |= {
        "static": static_files.address,
        "when": words.when,
        "due_in": words.due_in,
        "deed_words": _deed_said,
        "ROLE_WORDS": words.ROLE_WORDS,
        "KIND_WORDS": words.KIND_WORDS,
        "VIA_WORDS": words.VIA_WORDS,
        "CHANNEL_WORDS": CHANNEL_WORDS,
        "VERDICT_WORDS": words.VERDICT_WORDS,
        "STANDS_WORDS": STANDS_WORDS,
    }
    return made


def _deed_said(deed: str, *, refused: bool = False) -> str:
    words = said(deed_words(deed))
    if not refused:
        return words
    small = words[:1].lower() + words[1:]
    return gettext("Bị từ chối: %(words)s", words=small)


def page(
    request: Request,
    template: str,
    *,
    person: Person | None = None,
    status: int = 200,
    **values: Any,  # noqa: ANN401 (whatever the template shows)
) -> HTMLResponse:
    """Returns a page.

    Args:
        request: what is answered.
        template: its name.
        person: who reads it; without one, forms bear the token of the form cookie.
        status: HTTP status.
        values: what the template shows.
    """
    portal: Portal = request.app.state.portal
    token = person.csrf_token if person else form_token(request)
    # What answers a form cannot be asked for again: it stays as it is, with what was typed.
    live = values.pop("live", None) if status == HTTPStatus.OK else None
    bell = None
    with portal.database.reading() as session:
        office = _office(session)
        if person is not None:
            bell = count_new(session, person.officer_id)
            if live is None and status == HTTPStatus.OK and request.method == "GET":
                live = live_of_any(session)
    shown = {
        "lost": [], "office": office, "person": person, "rail": _rail(person),
        "phone_bar": _bar(person), "path": request.url.path, "csrf": token,
        "language": spoken().value, "way_back": way_back(request), "now": portal.at(),
        "today": portal.today(), **values,
        "live": live, "bell": bell, "bell_words": bell_words(bell or 0),
    }  # fmt: skip
    made = portal.templates.get_template(template)
    html = made.render(shown)
    lost = lost_texts(request, html) if status >= HTTPStatus.BAD_REQUEST else []
    if lost:
        html = made.render({**shown, "lost": lost})
    response = HTMLResponse(html, status_code=status)
    if person is None and request.cookies.get(FORM_COOKIE) != token:
        set_form_token(response, portal, token)
    return response


def office_look(portal: Portal) -> OfficeLook:
    """Returns the office as pages show it; a plain one before an office was loaded."""
    with portal.database.reading() as session:
        return _office(session)


def _office(session: Session) -> OfficeLook:
    try:
        facts = office_facts(session)
    except NotFoundError:
        return OfficeLook()
    return OfficeLook(name=facts.name, address=facts.form_of_address, test_only=facts.test_only)


def _rail(person: Person | None) -> tuple[Entry, ...]:
    if person is None:
        return ()
    held = person.all_roles
    return tuple(entry for entry in RAIL if entry.roles is None or entry.roles & held)


def _bar(person: Person | None) -> tuple[Entry, ...]:
    """The first entries of a telephone: one's own work, what one does daily, then the rest."""
    rail = _rail(person)
    if person is None:
        return ()
    first, held = rail[0], person.all_roles
    in_order = sorted(rail[1:], key=lambda entry: not entry.daily & held)
    chosen = {first, *in_order[: IN_BAR - 1]}
    return tuple(entry for entry in rail if entry in chosen)
