"""Who is at the other end: sessions of officers, tokens of forms. Programs: `portal.calling`.

A session's cookie is HttpOnly and SameSite=Lax; every form carries the session's own token besides.
Forms for people without a session carry the value of a cookie that was set with the page.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from actions.access import posts_on, roles_on
from actions.accounts import NewSession, session_officer
from actions.auditing import Actor
from actions.pairing import SIGNING_ROLES
from actions.sessions import SignedIn, Whence
from models.officer import Role
from models.organisation import Organisation
from portal.context import Portal, ThePortal, address_of
from portal.errors import (
    ForgedFormError,
    NotSignedInError,
    PasswordMustChangeError,
)

SESSION_COOKIE: Final = "trinhky_session"
FORM_COOKIE: Final = "trinhky_form"
FORM_TOKEN_BYTES: Final = 24
PASSWORD_PATH: Final = "/tai-khoan/mat-khau"  # noqa: S105 (a path)
_OUR_SITES: Final = ("same-origin", "none")
"""Where a browser may say that a form was sent from; `none` is somebody's own doing."""
_BEFORE_CHANGE: Final = (PASSWORD_PATH, "/dang-xuat")
"""What people with a temporary password may open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An officer who is signed in, with what pages need to know of them."""

    officer_id: str
    actor: Actor
    csrf_token: str
    name: str
    post: str
    """The post in which they act: `Văn thư · Ban Tuyên giáo Tỉnh ủy`."""
    roles: Mapping[str, frozenset[Role]]
    """By organisation. Decides what pages show; deeds check for themselves."""
    session_key: str
    """Names this session among their own."""
    must_change: bool
    """Their password was given by somebody else."""

    def has(self, organisation_id: str, *roles: Role) -> bool:
        """Tells whether they hold one of the roles at an organisation today."""
        return bool(self.roles.get(organisation_id, frozenset()) & set(roles))

    @property
    def all_roles(self) -> frozenset[Role]:
        """Every role anywhere."""
        return frozenset(role for held in self.roles.values() for role in held)

    @property
    def needs_key(self) -> bool:
        """Tells whether they sign or seal, so that a machine of their own is of use."""
        return bool(SIGNING_ROLES & self.all_roles)


def signed_in(request: Request, portal: ThePortal) -> Person:
    """Returns who is signed in.

    Raises:
        NotSignedInError: nobody, or the session is over.
        PasswordMustChangeError: somebody whose password is to be changed before anything else.
    """
    found = _session_of(request, portal)
    if found is None:
        raise NotSignedInError
    if found.must_change and request.url.path not in _BEFORE_CHANGE:
        raise PasswordMustChangeError
    with portal.database.reading() as session:
        return _person(session, portal, found)


def is_signed_in(request: Request, portal: Portal) -> bool:
    """Tells whether somebody is signed in who may open pages; cheaper than knowing who."""
    found = _session_of(request, portal)
    return found is not None and not found.must_change


def reader_of(request: Request, portal: Portal) -> Person | None:
    """Returns who reads a public page, where somebody is signed in."""
    found = _session_of(request, portal)
    if found is None:
        return None
    with portal.database.reading() as session:
        return _person(session, portal, found)


def whence_of(request: Request) -> Whence:
    """Returns the browser that signs in."""
    return Whence(address=address_of(request), agent=request.headers.get("user-agent", ""))


def _session_of(request: Request, portal: Portal) -> SignedIn | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    return session_officer(portal.database, token, portal.at()) if token else None


def _person(session: Session, portal: Portal, found: SignedIn) -> Person:
    day = portal.today()
    actor = found.actor
    posts = posts_on(session, actor.id, day)
    name, _, _ = actor.name.partition(", ")
    where = session.get(Organisation, posts[0].organisation_id) if posts else None
    return Person(
        officer_id=actor.id,
        actor=actor,
        csrf_token=found.csrf_token,
        name=name,
        post=f"{posts[0].title} · {where.name}" if posts and where else "",
        roles={
            post.organisation_id: roles_on(session, actor.id, post.organisation_id, day)
            for post in posts
        },
        session_key=found.key,
        must_change=found.must_change,
    )


SignedInPerson = Annotated[Person, Depends(signed_in)]
"""The officer who reads a page."""


def deciding(request: Request, person: SignedInPerson, csrf: Annotated[str, Form()] = "") -> Person:
    """Returns who sends a form, after looking whether it came from one of our pages.

    Raises:
        NotSignedInError: nobody is signed in.
        ForgedFormError: it did not.
    """
    check_own_form(request, person, csrf)
    return person


def check_own_form(request: Request, person: Person, given: str) -> None:
    """Looks whether a form came from one of our pages, shown to this very session.

    Raises:
        ForgedFormError: it did not.
    """
    if is_foreign(request) or not _same(person.csrf_token, given):
        raise ForgedFormError


Deciding = Annotated[Person, Depends(deciding)]
"""The officer who sends a form."""


def set_session(response: Response, portal: Portal, opened: NewSession) -> None:
    """Gives the browser its session; the cookie ends with the browser."""
    response.set_cookie(
        SESSION_COOKIE, opened.token, httponly=True, samesite="lax", secure=portal.secure, path="/"
    )


def clear_session(response: Response, portal: Portal) -> None:
    """Takes the session from the browser."""
    response.delete_cookie(
        SESSION_COOKIE, httponly=True, samesite="lax", secure=portal.secure, path="/"
    )


def form_token(request: Request) -> str:
    """Returns the token for forms of people without a session: the cookie's, or a new one."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(FORM_TOKEN_BYTES)


def set_form_token(response: Response, portal: Portal, token: str) -> None:
    """Gives the browser the cookie that its forms must repeat."""
    response.set_cookie(
        FORM_COOKIE, token, httponly=True, samesite="lax", secure=portal.secure, path="/"
    )


def check_form_token(request: Request, given: str) -> None:
    """Looks whether a form came from a page of ours.

    Raises:
        ForgedFormError: it did not.
    """
    if is_foreign(request) or not _same(request.cookies.get(FORM_COOKIE, ""), given):
        raise ForgedFormError


def check_any_token(request: Request, portal: Portal, given: str) -> None:
    """Looks whether a form on a public page is ours, for people with and without a session.

    Raises:
        ForgedFormError: it is not.
    """
    reader = reader_of(request, portal)
    if reader is None or not _same(reader.csrf_token, given) or is_foreign(request):
        check_form_token(request, given)


def _same(expected: str, given: str) -> bool:
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


def is_foreign(request: Request) -> bool:
    """Tells whether another site sent this: no form of ours stands there.

    Browsers say so in one of two headers. `Sec-Fetch-Site` comes only where the way is safe
    (https, this machine itself), `Origin` with every form.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in _OUR_SITES:
        return True
    origin = request.headers.get("origin")
    if origin is None:
        return False
    portal: Portal = request.app.state.portal
    own = (request.headers.get("host", ""), urlsplit(portal.office.settings.portal_url).netloc)
    return urlsplit(origin).netloc.lower() not in {one.lower() for one in own if one}
