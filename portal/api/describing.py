"""The description of the interface (OpenAPI 3.1): true, because it is read off the routes.

Scopes come from the dependency that asks for them, bodies and answers from their shapes; what every
route may answer besides is added here: problems, the header of keys, how long to wait.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from models.officer import Scope
from portal.api import ROUTERS, agent, bringing
from portal.calling import KEY_HEADER, REPLAYED_HEADER, Needs, Receipt
from portal.problem_words import PROBLEM_TYPE, TITLES

TITLE: Final = "Trình Ký"
SAMPLE_ID: Final = "0b5f6f0e-5d0c-4a1e-9a57-0d6f2f0c8f11"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_NUMBER: Final = {"schema": {"type": "string", "pattern": "^[0-9]+$"}}
_RETRY: Final = {"Retry-After": {"description": "Seconds to wait", **_NUMBER}}
NONE: Final = "none"
"""Scope of a route that asks for no token of a program."""
_LOOKS: Final = frozenset({"get", "head"})

SAMPLES: Final[Mapping[str, Any]] = {
    "revision": 1, "reason": "Thiếu căn cứ pháp lý ở mục II.", "note": "Đã kiểm tra.",
    "number": 97, "by": SAMPLE_ID, "owed": "cancel", "printed": "15/11", "corrected": "15/12",
    "add": ["tinh-uy"], "remove": [], "role": "know", "period": "2026-Q1",
    "organisation_id": "tinh-uy", "to_organisation": "tinh-uy", "channel": "smtp",
    "address": "vanthu@don-vi.example", "tracking": "EA123456789VN", "sent_on": "2026-11-20",
    "agreed": True, "words": "Đã thu hồi bản giấy.", "last_allowed_day": "2026-12-01",
    "leads": True, "until": "2026-12-05", "new_due": "2026-12-05", "day": "2026-11-20",
    "presented_to": "tran-trung-hieu", "opinion": "Giao chủ trì tham mưu.",
    "lead": {"officer_id": "nguyen-minh-an", "due": "2026-12-01"}, "coordinating": [],
    "result": "Đã trả lời bằng công văn.", "directive_id": SAMPLE_ID, "document_date": "2026-11-02",
    "sender_name": "Bộ Nội vụ", "number_symbol": "12/BNV-VP", "doc_type": "Công văn",
    "subject": "Về việc báo cáo quý IV", "signatory": "Nguyễn Văn A", "consignment_id": SAMPLE_ID,
    "meaning": "arrived", "flow": "chase-reports", "begins": "20:00", "ends": "06:30",
    "steps": [{"working_days": -3, "audience": "unit", "wording": "reminder"}],
    "off": [{"day": "2026-09-02", "label": "Quốc khánh"}], "working": [], "basis": "TB 123",
    "confirmed": True, "text": "Kính gửi {don_vi}: còn {so_nhiem_vu} nhiệm vụ.", "send": True,
    "serial": 1, "title": "Số liệu quý", "rows": [],
    "columns": [{"key": "so_nguoi", "title": "Số người", "kind": "integer", "sum": True}],
    "code": "ABCD-EFGH", "label": "Máy của lãnh đạo", "kind": "officer", "signature": "AAAA",
    "seen_sha256": "a" * 64, "certificate_sha256": "b" * 64, "url": "https://he-thong.example/su-kien",
    "up_to": "2026-11-26T07:30:00+00:00",
    "kinds": ["directive.issued"], "content": {}, "lines": [], "version": 1,
    "body": {"title": "Về việc tập huấn", "opening": [{"kind": "paragraph", "text": "Căn cứ …"}]},
    "fields": {"h.title": "Về việc tập huấn"}, "settled": [0], "name": "Trần Văn Bình",
    "deputy_id": "ho-sy-nam", "first_day": "2026-12-01", "last_day": "2026-12-05",
    "signing": "given", "capacity": "KT", "position": "Phó Trưởng ban", "roles": [],
    "place": "mục II, đoạn 1", "officers": ["ho-sy-nam"], "due": "2026-12-01",
    "question": "Đề nghị cho ý kiến về mục II.", "answer": "agree", "id": SAMPLE_ID,
    "received_as": "Công văn số 12/TU ngày 01/12/2026", "about": "directive",
    "step": "take_number", "filters": {"q": "tập huấn", "nam": "2026"}, "mail": "daily",
    "regime": "party", "valid_from": "2026-12-01", "seen": "", "organisations": ["tinh-uy"],
    "since": "2026-12-01", "began": "2026-01-01", "period_from": "2027-01-01", "stands_at": 0,
    "organisation": "tinh-uy", "on": "2026-12-31", "to": "ho-sy-nam",
    "tasks": [], "content_reviewer": "le-quang-vinh", "form_reviewer": "pham-thu-ha",
    "certificates": "-----BEGIN CERTIFICATE-----...", "fingerprints": ["c0ffee00" * 8],
    "source": "Trang thông tin của nơi cấp", "purposes": ["officer", "agency"],
    "authority_id": "uy-quyen-1", "schedule": {"frequencies": ["quarterly"]},
}  # fmt: skip
"""A value for each member of a body, for the examples."""


class ProblemFault(BaseModel):
    """One thing that is wrong with what was sent."""

    place: str
    """Where: a member of the body, a parameter, a header."""
    reason: str
    """What is wrong and what to do, in Vietnamese."""


class Problem(BaseModel):
    """Why a request was not served (RFC 9457)."""

    type: str
    """Leads to the explanation of the code."""
    title: str
    status: int
    detail: str
    """What is wrong and what to do, in Vietnamese."""
    code: str
    """Stable; `docs/errors.md` lists them all."""
    message: str
    """The same as `detail`, for programs of earlier versions."""
    errors: list[ProblemFault] = []


def describe(app: FastAPI) -> dict[str, Any]:
    """Returns the description; made once and kept by the application."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def _made(app: FastAPI) -> dict[str, Any]:
    told = get_openapi(
        title=TITLE, version=app.version, routes=app.routes, summary="Văn bản chỉ đạo, từ dự thảo "
        "đến báo cáo cuối cùng", license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    parts = told.setdefault("components", {})
    shapes = parts.setdefault("schemas", {})
    shapes["Problem"] = _shape(Problem, shapes)
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    parts["securitySchemes"] = _schemes()
    by_path = {
        (route.path, method.lower()): route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    for path, operations in told["paths"].items():
        for method, operation in operations.items():
            _complete(operation, method, by_path[path, method])
    return told


def _schemes() -> dict[str, Any]:
    return {
        "token": {
            "type": "http", "scheme": "bearer",
            "description": "Mã truy cập, tạo ở trang Tài khoản của tôi. Phạm vi: "
            + ", ".join(one.value for one in Scope),
        },
        "device": {
            "type": "http", "scheme": "bearer",
            "description": "Mã của một máy ký đã ghép nối; không mở được gì khác.",
        },
        "signature": {
            "type": "apiKey", "in": "header", "name": "X-TrinhKy-Signature",
            "description": "HMAC-SHA256 với bí mật chung của bên gửi (docs/edxml.md).",
        },
    }  # fmt: skip


def _complete(operation: dict[str, Any], method: str, route: APIRoute) -> None:
    scope = scope_of(route)
    operation["x-scope"] = scope.value if scope else NONE
    if scope is not None:
        operation["security"] = [{"token": [scope.value]}]
        if _does(route):
            _take_keys(operation)
    elif route.path.startswith(agent.PREFIX):
        if not route.path.endswith("/pairing") or method != "post":
            operation["security"] = [{"device": []}]
    elif route.path.endswith("/edxml"):
        operation["security"] = [{"signature": []}]
    _answers(operation["responses"], _possible(route, method, scope))
    _examples(operation, route)


def _possible(route: APIRoute, method: str, scope: Scope | None) -> set[int]:
    """Returns the statuses that a route may answer with besides its own."""
    if not route.path.startswith("/api/"):
        return {503}
    may = {422, 429, 503}
    if method not in _LOOKS:
        may |= {400, 408, 413}
    if scope is not None:
        may |= {401, 403, 404} if method in _LOOKS else {401, 403, 404, 409}
    elif route.path.startswith(agent.PREFIX):
        may |= {401, 403, 404, 409, 410}
    elif route.path.endswith("/edxml"):
        may |= {400, 401}
    if "{" in route.path:
        may |= {404}
    if route.path.startswith(bringing.PREFIX):
        may |= {409, 410}
    return may


def methods_at(path: str) -> frozenset[str]:
    """Returns how an address of the interface may be asked."""
    return frozenset(
        method
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    )


def scope_of(route: APIRoute) -> Scope | None:
    """Returns the scope that a route asks for; None where it asks for no token."""
    for one in route.dependant.dependencies:
        if isinstance(one.call, Needs):
            return one.call.scope
    return None


def _does(route: APIRoute) -> bool:
    """Tells whether a route does a deed, once for each key; some only look although they POST."""
    answer = route.response_model
    return isinstance(answer, type) and issubclass(answer, Receipt)


def _take_keys(operation: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(
        {
            "name": KEY_HEADER, "in": "header", "required": False,
            "description": "Cùng khoá và cùng yêu cầu: cùng câu trả lời trong 48 giờ.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!#-~]+$"},
        }
    )  # fmt: skip
    operation["responses"]["200"]["headers"] = {
        REPLAYED_HEADER: {
            "description": "`true` where the answer was given before",
            "schema": {"type": "string", "const": "true"},
        }
    }


def _answers(answers: dict[str, Any], may: set[int]) -> None:
    for status in sorted(may):
        known = answers.get(str(status), {})
        kept = "schema" in known.get("content", {}).get("application/json", {})
        if kept and "HTTPValidationError" not in str(known):
            continue  # an answer of its own shape, said by the route
        answers[str(status)] = {
            "description": known.get("description") or TITLES[status],
            "content": {PROBLEM_TYPE: {"schema": _PROBLEM}},
        }
        if status in {429, 409}:
            answers[str(status)]["headers"] = _RETRY
        if status == 401:  # noqa: PLR2004 (a status)
            answers["401"]["headers"] = {
                "WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}
            }
    for told, answer in answers.items():
        if int(told) >= 400 and "content" not in answer:  # noqa: PLR2004 (a status)
            answer["content"] = {PROBLEM_TYPE: {"schema": _PROBLEM}}


def _examples(operation: dict[str, Any], route: APIRoute) -> None:
    shape = body_of(route)
    if shape is not None:
        sample = {name: SAMPLES[name] for name in shape.model_fields if name in SAMPLES}
        operation["requestBody"]["content"]["application/json"]["example"] = sample


def body_of(route: BaseRoute) -> type[BaseModel] | None:
    """Returns the shape of a route's JSON body."""
    body = route.body_field if isinstance(route, APIRoute) else None
    shape = body.field_info.annotation if body is not None else None
    return shape if isinstance(shape, type) and issubclass(shape, BaseModel) else None


def _shape(model: type[BaseModel], shapes: dict[str, Any]) -> dict[str, Any]:
    made = model.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes |= made.pop("$defs", {})
    return made
