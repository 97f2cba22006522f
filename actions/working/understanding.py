"""From what the reader of papers found to a draft with its doubts."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from actions.working.beginning import empty
from actions.working.body import Body, Item, Line, Task
from actions.working.choices import authorities, kinds
from actions.working.outline import flat
from actions.working.reading import Doubt
from actions.working.tasks import free_ref
from documents.intake.folding import fold, is_damaged
from documents.intake.matching import NO_SUCH_UNIT, match_units
from documents.intake.paper import Paper, blocks_of, clean, take_apart
from documents.intake.result import FoundDeadline, IntakeResult, KnownUnit, Unresolved
from documents.marking import folded
from documents.plain import parse_plain
from models.organisation import Organisation

SURE: Final = 0.8
"""Below this a field is shown to a person."""
_SAME_PARAGRAPH: Final = 85
_WHERE: Final = {
    "recipients": "Nơi nhận", "deadlines": "Thời hạn", "signer": "Người ký",
    "issue_date": "Ngày ban hành", "end": "Phần cuối văn bản",
}  # fmt: skip
_CHECK: Final = "Đọc chưa chắc; so với bản gốc."
_UNIT_UNKNOWN: Final = "Chưa nhận ra đơn vị nào. Chọn đơn vị của dòng này trong trình soạn thảo."


def understood(
    session: Session,
    office: Organisation,
    text: str,
    *,
    found: IntakeResult,
    directory: Sequence[KnownUnit],
    day: date,
) -> tuple[Body, list[Doubt], list[str]]:
    """Returns the draft, its doubts, and notes of what is left out on purpose.

    The head of the page is the office's own, whatever the file bears: it is this office that
    writes. Number and date are the clerk's.
    """
    doubts: list[Doubt] = []
    doc_type = _doc_type(session, office, found, day, doubts)
    body = empty(session, office, doc_type, day)
    _head(body, office, found, doubts)
    _text(body, text, found, doubts)
    _lines(body, found, directory, doubts)
    _signer(session, body, office, found=found, day=day, doubts=doubts)
    _tasks(body, found, directory, doubts)
    doubts += [
        Doubt(label=_WHERE.get(one.where, "Chỗ khác"), read=one.text, why=one.why)
        for one in found.unresolved
        if one.where != "issue_date" and not _asked_already(one, doubts)
    ]
    return body, doubts, list(_notes(found))


def _asked_already(left: Unresolved, doubts: Sequence[Doubt]) -> bool:
    """Tells whether a recipient that no unit is like is asked for with its line."""
    return left.why.startswith(NO_SUCH_UNIT) and any(
        one.why == _UNIT_UNKNOWN and left.text in one.read for one in doubts
    )


def _doc_type(
    session: Session, office: Organisation, found: IntakeResult, day: date, doubts: list[Doubt]
) -> str:
    offered = [one.name for one in kinds(session, office.id, day)]
    read = found.doc_type.value or ""
    same = next((one for one in offered if one.casefold() == read.casefold()), None)
    if same:
        if found.doc_type.confidence < SURE:
            doubts.append(Doubt(label="Tên loại", read=found.doc_type.evidence, why=_CHECK))
        return same
    chosen = next((one for one in offered if one == "Công văn"), offered[0])
    why = (
        f"Cơ quan không ban hành loại “{read}”; tạm để “{chosen}”."
        if read
        else f"Không thấy tên loại; tạm để “{chosen}”."
    ) + " Nếu sai, soạn văn bản mới đúng loại rồi chép sang."
    doubts.append(Doubt(label="Tên loại", read=found.doc_type.evidence, why=why))
    return chosen


def _head(body: Body, office: Organisation, found: IntakeResult, doubts: list[Doubt]) -> None:
    title = found.title
    body.title = title.value or ""
    if not body.title or title.confidence < SURE:
        why = _CHECK if body.title else "Không thấy trích yếu. Ghi trích yếu."
        doubts.append(Doubt(field="h.title", label="Trích yếu", read=title.evidence, why=why))
    body.addressees = [one.value for one in found.addressees]
    unsure = [one for one in found.addressees if one.confidence < SURE]
    if unsure:
        read = "\n".join(one.evidence for one in unsure)
        doubts.append(Doubt(field="h.addressees", label="Kính gửi", read=read, why=_CHECK))
    if found.symbol and folded(found.symbol) != folded(body.symbol):
        why = f"Tệp ghi “{found.symbol}”; ký hiệu của cơ quan cho loại này là “{body.symbol}”."
        doubts.append(
            Doubt(field="h.symbol", label="Ký hiệu", read=found.number_full.evidence, why=why)
        )
    issuer = found.issuer.value or ""
    if issuer and fuzz.partial_ratio(fold(issuer), fold(office.name)) < _SAME_PARAGRAPH:
        why = f"Tệp là của “{issuer}”; dự thảo mang tên {office.name}. Kiểm tra có đúng tệp không."
        doubts.append(Doubt(label="Cơ quan ban hành", read=found.issuer.evidence, why=why))
    if found.regime.value and found.regime.value.value != body.regime:
        why = "Tệp trình bày theo thể thức khác với thể thức của cơ quan; dự thảo theo cơ quan."
        doubts.append(Doubt(label="Thể thức", read=found.regime.evidence, why=why))


def _text(body: Body, text: str, found: IntakeResult, doubts: list[Doubt]) -> None:
    paper = take_apart(clean(text))
    lines = _paragraphs(paper)
    plain = parse_plain(lines, title=found.title.evidence or found.title.value)
    if not plain.before:
        plain = parse_plain(lines, title=found.title.value)
    body.opening = [Item(kind="paragraph", text=one.text) for one in plain.opening]
    body.outline = flat(plain.sections)
    body.closing = [Item(kind="paragraph", text=one.text) for one in plain.closing]
    if not plain.before:
        why = "Không tách được phần đầu văn bản. Bỏ những dòng đầu trang lẫn vào phần mở đầu."
        doubts.append(Doubt(field="o.0.x", label="Phần mở đầu", read=lines[:300], why=why))
    if not (body.opening or body.outline or body.closing):
        doubts.append(Doubt(label="Nội dung", why="Không thấy nội dung. Chép nội dung vào."))
    if is_damaged(text):
        why = "Chữ mất dấu hoặc đọc sai nhiều. So từng đoạn với bản gốc trước khi trình."
        doubts.append(Doubt(label="Toàn văn", why=why))
    for at, annex in enumerate(found.annexes, start=1):
        why = "Phụ lục không được lấy sang. Thêm phụ lục, hoặc đính kèm thành tệp."
        doubts.append(Doubt(label=f"Phụ lục {at}", read=annex.evidence, why=why))


def _paragraphs(paper: Paper) -> str:
    """The text with a blank line between its paragraphs, however its lines were broken."""
    if any(line.text.lstrip().startswith("|") for line in paper.body):
        return "\n".join(line.text for line in paper.body)  # a table keeps its rows
    return "\n\n".join(block.text for block in blocks_of(paper.body))


def _lines(
    body: Body, found: IntakeResult, directory: Sequence[KnownUnit], doubts: list[Doubt]
) -> None:
    if not found.recipients:
        why = "Không thấy nơi nhận. Chọn nơi nhận."
        doubts.append(Doubt(field="l.0.x", label="Nơi nhận", why=why))
        return
    groups = {one.id for one in directory if one.group}
    lines = []
    for at, one in enumerate(found.recipients):
        line = one.value
        lines.append(
            Line(
                raw=line.raw, role=line.role.value,
                organisations=[key for key in line.units if key not in groups],
                groups=[key for key in line.units if key in groups],
            )
        )  # fmt: skip
        why = ""
        if not line.units and line.role.value not in ("archive", "as_above", "as_article"):
            why = _UNIT_UNKNOWN
        elif one.confidence < SURE:
            why = (
                "Mục đích gửi “để thực hiện” suy ra từ nhiệm vụ trong văn bản; "
                "đúng thì đánh dấu đã xem."
                if line.role_basis == "task"
                else "Đọc chưa chắc đơn vị hoặc mục đích gửi; so với bản gốc."
            )
        if why:
            label = f"Nơi nhận, dòng {at + 1}"
            doubts.append(Doubt(field=f"l.{at}.x", label=label, read=one.evidence, why=why))
    if not any(line.role == "archive" for line in lines):
        lines += [line for line in body.lines if line.role == "archive"]
    body.lines = lines


def _signer(
    session: Session,
    body: Body,
    office: Organisation,
    *,
    found: IntakeResult,
    day: date,
    doubts: list[Doubt],
) -> None:
    name = found.signer.value.name if found.signer.value else None
    ways = authorities(session, office.id, body.doc_type, day)
    mine = [one for one in ways if name and fold(one.name) == fold(name)]
    if len(mine) == 1:
        body.authority_id = mine[0].id
    if len(mine) == 1 and found.signer.confidence >= SURE:
        return
    if mine:
        why = f"Đọc là {name}. Chọn đúng thẩm quyền ký." if len(mine) > 1 else _CHECK
    elif name:
        why = f"{name} không có thẩm quyền ký loại này ở cơ quan. Chọn người ký."
    else:
        why = "Không thấy người ký. Chọn người ký."
    doubts.append(
        Doubt(field="h.authority_id", label="Người ký", read=found.signer.evidence, why=why)
    )


def _tasks(
    body: Body, found: IntakeResult, directory: Sequence[KnownUnit], doubts: list[Doubt]
) -> None:
    groups = {one.id for one in directory if one.group}
    for one in found.deadlines:
        at, task = len(body.tasks), _task(body, one.value)
        named = [match_units(unit, directory) for unit in one.value.units]
        keys = list(dict.fromkeys(key for match in named for key in match.units))
        task.organisations = [key for key in keys if key not in groups]
        task.groups = [key for key in keys if key in groups]
        body.tasks.append(task)
        why = _task_doubt(one.value, task, keys, left=any(match.unresolved for match in named))
        if why or one.confidence < SURE:
            doubts.append(
                Doubt(
                    field=f"t.{at}.raw", label=f"Nhiệm vụ {task.ref}", read=one.evidence,
                    why=why or _CHECK,
                )
            )  # fmt: skip


def _task_doubt(found: FoundDeadline, task: Task, keys: Sequence[str], *, left: bool) -> str:
    if not keys or left:
        units = ", ".join(found.units) or "không ghi"
        return f"Chưa nhận ra hết đơn vị thực hiện ({units}). Chọn đơn vị trong trình soạn thảo."
    if task.named_date is None:
        return f"“{found.raw}” không nêu ngày cụ thể. Giữ nếu cần theo dõi, hoặc bỏ nhiệm vụ này."
    return ""


def _task(body: Body, found: FoundDeadline) -> Task:
    phrase = found.phrase
    return Task(
        ref=free_ref(body, found.label)[:20],
        what=found.what,
        sentence=_sentence(body, found.what),
        is_report=found.is_report,
        deadline_raw=found.raw[:300],
        kind=str(phrase.kind),
        named_date=phrase.named_date,
        inclusive=phrase.inclusive,
    )


def _sentence(body: Body, what: str) -> str:
    """The words as the draft has them: those that were read may have got marks back since."""
    texts = [item.text for _, item in body.paragraphs()]
    if any(folded(what) in folded(text) for text in texts):
        return what
    scored = [(fuzz.partial_ratio(fold(what), fold(text)), -at) for at, text in enumerate(texts)]
    score, at = max(scored, default=(0.0, 0))
    return " ".join(texts[-at].split()) if score >= _SAME_PARAGRAPH else what


def _notes(found: IntakeResult) -> Iterator[str]:
    if found.number_full.value or found.issue_date.value:
        day = f", ngày {found.issue_date.value:%d/%m/%Y}" if found.issue_date.value else ""
        read = f"{found.number_full.value or 'không rõ số'}{day}"
        yield f"Số và ngày trên tệp ({read}) không lấy sang: văn thư cấp khi văn bản được duyệt."
    if found.signatures:
        yield "Chữ ký số ghi trên tệp không lấy sang: văn bản mới được ký lại."
