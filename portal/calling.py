"""Programs that ask `/api/v1`: whose token, what it may do, and one deed however often it is asked.

The scope of every route is asked for here and nowhere else; the description of the interface reads
it from here too. A deed is answered by its receipts: the audit events that it left.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import event
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from actions.api_tokens import SCOPE_WORDS, TokenInUse, token_in_use
from actions.auditing import BESIDE, Actor
from actions.desk import Desk
from actions.errors import InvalidInputError, Problem
from actions.listing.sight import Reader
from actions.promising import DONE_STATUS, Kept, Promise, claim, receipts
from models.audit import AuditEvent
from models.base import DirectiveId
from models.officer import Scope
from portal.context import Portal, ThePortal
from portal.errors import ScopeMissingError, TokenRefusedError
from portal.problem_words import PROBLEM_TYPE
from portal.problems import as_json, problem_of

KEY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotency-Replayed"
_KEY: Final = re.compile(r'"?([!#-~]{1,255})"?')
"""Visible characters of ASCII; the draft writes keys with quotation marks, most programs do not."""


class Deed(BaseModel):
    """The receipt of one deed: its audit event."""

    model_config = ConfigDict(frozen=True)

    deed: str
    """As in `docs/glossary.md`: `approve`, `issue`, …"""
    subject_kind: str
    subject_id: str
    """What was made or changed."""
    at: str
    sequence: int
    """Number of the event in the audit trail."""
    hash: str
    """Of the event, chained to all before it."""


class Receipt(BaseModel):
    """What a request has done; empty where everything was as asked already."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "deeds": [
                        {
                            "deed": "approve",
                            "subject_kind": "directive",
                            "subject_id": "0b5f6f0e-5d0c-4a1e-9a57-0d6f2f0c8f11",
                            "at": "2026-11-26T07:30:00+00:00",
                            "sequence": 1207,
                            "hash": "c0ffee00" * 8,
                        }
                    ]
                }
            ]
        },
    )

    deeds: list[Deed]


@dataclass(slots=True)
class _Done:
    """Collects the receipts of transactions that were committed."""

    deeds: list[dict[str, Any]] = field(default_factory=list)

    def note(self, session: Session, events: "list[AuditEvent]") -> None:
        found = receipts(events)

        @event.listens_for(session, "after_commit", once=True)
        def _committed(_session: Session) -> None:
            self.deeds.extend(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a program."""

    portal: Portal
    token: TokenInUse
    request: Request

    @property
    def actor(self) -> Actor:
        """The officer for whom the program acts."""
        return self.token.actor

    def looking(self) -> AbstractContextManager[Reader]:
        """One consistent look, as the officer."""
        return self.portal.looking(self.actor)

    def do(
        self,
        act: Callable[[Desk], object],
        *,
        nudge: DirectiveId | None = None,
        said: bytes | None = None,
    ) -> Response:
        """Does one deed, once for each idempotency key, and answers with its receipts.

        Args:
            act: the deed.
            nudge: the directive whose run looks again afterwards.
            said: the SHA-256 of what was sent, where the body was read as a stream.

        Raises:
            Exception: what the deed raises; a refusal is kept under the key before.
        """
        done, promise = _Done(), self._promise(said)
        if isinstance(promise, Kept):
            return _replayed(promise)
        portal = self.portal
        plain = portal.database

        def beside(session: Session, events: list[AuditEvent]) -> None:
            done.note(session, events)
            if promise is not None:
                promise.note(session, events)

        desk = replace(portal.desk, database=plain.bearing(**{BESIDE: beside}))
        try:
            act(desk)
        except Exception as error:
            if promise is not None:
                self._keep_refusal(promise, error, done)
            raise
        answer = {"deeds": done.deeds}
        if promise is not None:
            promise.settle(plain, DONE_STATUS, answer)
        if nudge is not None:
            portal.nudge(nudge)
        return JSONResponse(answer)

    def _promise(self, said: bytes | None) -> Promise | Kept | None:
        """Takes the turn under the key that was sent, if one was.

        Raises:
            InvalidInputError: it is no key.
        """
        sent = self.request.headers.getlist(KEY_HEADER)
        if not sent:
            return None
        found = _KEY.fullmatch(sent[0].strip()) if len(sent) == 1 else None
        if found is None:
            reason = "gồm 1 đến 255 ký tự ASCII nhìn thấy được, ví dụ một UUID; chỉ gửi một khoá."
            raise InvalidInputError(Problem(place=KEY_HEADER, reason=reason))
        print_ = _fingerprint(self.request, said)
        at = self.portal.at()
        return claim(self.portal.database, self.token.id, found[1], print_, at)

    def _keep_refusal(self, promise: Promise, error: Exception, done: _Done) -> None:
        problem = problem_of(error)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR or done.deeds:
            promise.give_back(self.portal.database)
        else:
            promise.settle(
                self.portal.database, problem.status, {"problem": as_json(problem, self.portal)}
            )


def _fingerprint(request: Request, said: bytes | None) -> str:
    """SHA-256 over what makes a request the same: method, address, body."""
    if said is None:
        body: bytes = getattr(request, "_body", b"")
        said = hashlib.sha256(_plain(body)).digest()
    where = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(where + said).hexdigest()


def _plain(body: bytes) -> bytes:
    """Blanks and the order of members make no other request."""
    try:
        return json.dumps(json.loads(body), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body


def _replayed(kept: Kept) -> Response:
    headers = {REPLAYED_HEADER: "true"}
    problem: Mapping[str, Any] | None = kept.answer.get("problem")
    if problem is not None:
        return JSONResponse(problem, kept.status, headers, media_type=PROBLEM_TYPE)
    return JSONResponse(kept.answer, kept.status, headers)


class Needs:
    """Asks for a token made for a scope. A dependency; routes name it by the five below."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(
        self,
        request: Request,
        portal: ThePortal,
        authorization: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> Call:
        """Returns the call.

        Raises:
            TokenRefusedError: no token, an unknown or ended one, or an officer who left.
            ScopeMissingError: the token was not made for this.
            TooManyRequestsError: it asks too often.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefusedError
        found = token_in_use(portal.database, token.strip(), portal.at())
        if found is None:
            raise TokenRefusedError
        if self.scope not in found.scopes:
            raise ScopeMissingError(self.scope.value, SCOPE_WORDS[self.scope])
        portal.programs.take(str(found.id))
        return Call(portal=portal, token=found, request=request)


Reads = Annotated[Call, Depends(Needs(Scope.READ))]
"""A program that looks."""
Writes = Annotated[Call, Depends(Needs(Scope.WRITE))]
"""A program that drafts, enters, sends, answers."""
Decides = Annotated[Call, Depends(Needs(Scope.DECIDE))]
"""A program that passes, returns, approves, issues, recalls."""
Signs = Annotated[Call, Depends(Needs(Scope.SIGN))]
"""A program that brings signatures."""
Administers = Annotated[Call, Depends(Needs(Scope.ADMINISTER))]
"""A program that keeps the office's data: units, series, officers with their posts."""
