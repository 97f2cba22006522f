"""The page about the interface for programs: every route and problem, read off its description."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.context import ThePortal
from portal.identity import reader_of
from portal.problem_words import PROBLEM_PAGE, TITLES
from portal.problems import HTTP_WORDS, STATUS
from portal.rendering import page

PATH: Final = PROBLEM_PAGE
SCOPES: Final = ("read", "write", "decide", "sign")

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One route as the page shows it."""

    tag: str
    method: str
    path: str
    scope: str
    words: str
    fields: tuple[tuple[str, bool], ...]
    """Members of the body or form, and whether each is needed."""
    queries: tuple[str, ...]
    statuses: tuple[str, ...]
    takes_key: bool

    @property
    def anchor(self) -> str:
        """Names it within the page."""
        return f"{self.method}{self.path}".translate(str.maketrans("/{}", "-  ")).replace(" ", "")


@router.get(PATH)
def interface(request: Request, portal: ThePortal) -> Response:
    """Shows the interface to everybody; it says nothing of the office."""
    told = request.app.openapi()
    routes = sorted(_shown(told), key=lambda one: one.tag)
    groups = [(tag, list(found)) for tag, found in groupby(routes, key=lambda one: one.tag)]
    return page(
        request, "interface.html", person=reader_of(request, portal), groups=groups,
        problems=_problems(), titles=TITLES,
    )  # fmt: skip


def _shown(told: Mapping[str, Any]) -> Iterator[Shown]:
    for path, operations in told["paths"].items():
        for method, one in operations.items():
            given = one.get("parameters", ())
            yield Shown(
                tag=(one.get("tags") or ["operation"])[0],
                method=method.upper(),
                path=path,
                scope=one["x-scope"] if one["x-scope"] in SCOPES else "",
                words=one.get("description", one["summary"]).partition("\n")[0],
                fields=_fields(one, told),
                queries=tuple(each["name"] for each in given if each["in"] == "query"),
                statuses=tuple(sorted(one["responses"])),
                takes_key=any(each["in"] == "header" for each in given),
            )


def _fields(one: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    content = one.get("requestBody", {}).get("content", {})
    first: Mapping[str, Any] = next(iter(content.values())) if content else {}
    schema: Mapping[str, Any] = first.get("schema", {})
    if "$ref" in schema:
        schema = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    needed = schema.get("required", ())
    return tuple((name, name in needed) for name in schema.get("properties", ()))


def _problems() -> list[tuple[str, int]]:
    """Every code with its status; each is an anchor to which problems lead."""
    found = {str(getattr(kind, "code", "")): status for kind, status in STATUS.items()}
    found |= {code: status for status, (code, _) in HTTP_WORDS.items()}
    found |= {"internal": 500, "database_unavailable": 503, "http": 400}
    return sorted(found.items())
