"""Programs that ask the interface: tokens by officer and scope, requests, keys."""

import uuid
from collections.abc import Iterable
from typing import Any

from fastapi.routing import APIRoute
from httpx import Response

from actions.api_tokens import add_api_token
from models.officer import Scope
from portal.calling import Needs
from tests.portal.browsing import Browsing

API = "/api/v1"
_made: dict[tuple[int, str, frozenset[Scope]], str] = {}


def token_of(browsing: Browsing, officer: str, scopes: Iterable[Scope] = tuple(Scope)) -> str:
    office = browsing.seeded.office
    key = (id(office), officer, frozenset(scopes))
    if key not in _made:
        _made[key] = add_api_token(
            office.database, officer_id=officer, label="thử", at=office.clock(),
            actor=browsing.seeded.actor(officer), scopes=key[2],
        ).token  # fmt: skip
    return _made[key]


def ask(
    browsing: Browsing,
    officer: str,
    method: str,
    path: str,
    body: Any = None,  # noqa: ANN401 (JSON of any kind)
    *,
    key: str | None = None,
    scopes: Iterable[Scope] = tuple(Scope),
) -> Response:
    headers = {"Authorization": f"Bearer {token_of(browsing, officer, scopes)}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    browsing.portal.programs._left.clear()
    return browsing.client.request(method, f"{API}{path}", json=body, headers=headers)


def new_key() -> str:
    return str(uuid.uuid4())


def api_routes() -> list[APIRoute]:
    """Every route that asks for a token of a program."""
    from portal.api import ROUTERS  # noqa: PLC0415 (after the application)

    found = []
    for router in ROUTERS:
        found += [one for one in router.routes if isinstance(one, APIRoute) and scope_of(one)]
    return found


def scope_of(route: APIRoute) -> Scope | None:
    for one in route.dependant.dependencies:
        if isinstance(one.call, Needs):
            return one.call.scope
    return None
