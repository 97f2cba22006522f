"""Results of checks: the visitor's own, for a while, by an address that nobody can guess."""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from actions.amending.showing import UnitNote, public_note
from portal.check_keeping import KeptCheck
from portal.check_view import check_view, public_sentence
from portal.check_visits import LIST, PREFIX, RESULT, visitor_of
from portal.context import Portal, ThePortal, address_of
from portal.evidence_file import evidence_file
from portal.i18n.catalogue import noted
from portal.identity import check_any_token, reader_of
from portal.pages.directive import download
from portal.rendering import page
from portal.reporting import FORMS, report_file
from portal.words import VERDICT_WORDS
from signing.revisions import as_signed
from signing.verdict import Verdict
from signing.viewing.shapes import Outline
from signing.visible import visible

SHOWN_PAGES: Final = 30
"""Of the pages without a signature."""
_WORST_FIRST: Final = (
    Verdict.FAILED,
    Verdict.UNREADABLE,
    Verdict.INDETERMINATE,
    Verdict.UNSIGNED,
    Verdict.PASSED,
)
PICTURE_HEADERS: Final = {"Cache-Control": "private, max-age=600"}
"""For the visitor's own browser, no longer than the result is kept."""

_VOID: Final = noted("Không còn hiệu lực")

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One of several files."""

    key: str
    name: str
    verdict: Verdict
    sentence: str
    note: UnitNote | None
    """What became of the paper since, where it is one of ours."""

    @property
    def is_void(self) -> bool:
        """Whether it was recalled or replaced, however well it is signed."""
        return self.note is not None and not self.note.in_force

    @property
    def word(self) -> str:
        """What is said first of it."""
        return _VOID if self.is_void else VERDICT_WORDS[self.verdict.value]

    @property
    def rank(self) -> int:
        """A place among the others: the worst first, nothing that is void among the good."""
        return min(_WORST_FIRST.index(self.verdict), 1 if self.is_void else len(_WORST_FIRST))


@router.get(f"{LIST}/{{key}}")
def several(request: Request, portal: ThePortal, key: str) -> Response:
    """Shows what was found of several files, the worst first."""
    found = portal.checked.get_list(visitor_of(request), key)
    with portal.database.reading() as session:
        rows = [
            Checked(
                key=one_key, name=visible(one.judged.report.name),
                verdict=one.judged.report.verdict, sentence=public_sentence(one.judged.report),
                note=public_note(session, one.judged.report.sha256_hex),
            )
            for one_key, one in found
        ]  # fmt: skip
    rows.sort(key=lambda one: one.rank)
    return page(
        request, "verified_list.html", person=reader_of(request, portal), rows=rows, key=key,
        counts=Counter(one.word for one in rows).items(),
    )  # fmt: skip


@router.get(f"{RESULT}/{{key}}")
async def result(request: Request, portal: ThePortal, key: str, danh_sach: str = "") -> Response:
    """Shows what was found of one file."""
    kept = portal.checked.get(visitor_of(request), key)
    outline = await outline_of(portal, kept)
    return await to_thread.run_sync(
        partial(_shown, request, portal, kept, outline, key=key, list_key=danh_sach)
    )


@router.get(f"{RESULT}/{{key}}/trang/{{number}}.png")
async def picture(
    request: Request, portal: ThePortal, key: str, number: int, ban: int = 0
) -> Response:
    """Returns a page as a picture: as received, or as signature `ban` found it."""
    kept = portal.checked.get(visitor_of(request), key)
    portal.looks.take(address_of(request))
    length = len(front_of(kept, ban)) if ban else None
    draw = partial(portal.viewing.picture, kept.judged.content, number, length=length)
    png = await to_thread.run_sync(draw, limiter=portal.lookers)
    if not png:
        raise HTTPException(404)
    return Response(png, media_type="image/png", headers=PICTURE_HEADERS)


@router.get(f"{RESULT}/{{key}}/khi-ky/{{number}}.pdf")
def front(request: Request, portal: ThePortal, key: str, number: int) -> Response:
    """Returns the file as it was when a signature was made, byte for byte."""
    kept = portal.checked.get(visitor_of(request), key)
    name = f"{PurePath(kept.judged.report.name).stem or 'tep'}-ban-khi-ky-{number}.pdf"
    return download(front_of(kept, number), name, "application/pdf")


@router.get(f"{RESULT}/{{key}}/bao-cao/{{form}}")
async def report(
    request: Request, portal: ThePortal, key: str, form: str, lang: str = ""
) -> Response:
    """Returns the report as a file."""
    kept = portal.checked.get(visitor_of(request), key)
    if form not in FORMS:
        raise HTTPException(404)
    portal.looks.take(address_of(request))
    fonts = portal.office.settings.fonts_folder
    made = partial(report_file, kept.judged.report, FORMS[form], lang, fonts=fonts)
    return await to_thread.run_sync(made, limiter=portal.lookers)


@router.get(f"{RESULT}/{{key}}/bang-chung.zip")
async def evidence(request: Request, portal: ThePortal, key: str) -> Response:
    """Returns what the verdict rested on."""
    kept = portal.checked.get(visitor_of(request), key)
    portal.looks.take(address_of(request))
    made = partial(evidence_file, portal.office.keeper, kept.judged)
    content = await to_thread.run_sync(made, limiter=portal.lookers)
    name = f"bang-chung-{PurePath(kept.judged.report.name).stem or 'tep'}.zip"
    return download(content, name, "application/zip")


@router.post(f"{RESULT}/{{key}}/xoa")
async def drop(request: Request, portal: ThePortal, key: str) -> Response:
    """Forgets a result at once."""
    form = await request.form()
    given = str(form.get("csrf", ""))
    await to_thread.run_sync(check_any_token, request, portal, given)
    kept = portal.checked.get(visitor_of(request), key)
    portal.checked.drop(visitor_of(request), key)
    return RedirectResponse(kept.back or PREFIX, status_code=303)


async def outline_of(portal: Portal, kept: KeptCheck) -> Outline:
    """Returns the pages of a file; opened once. None of a file that the judge could not read."""
    if kept.outline is None:
        if kept.judged.report.verdict is Verdict.UNREADABLE:
            kept.outline = Outline()
        else:
            look = partial(portal.viewing.outline, kept.judged.content)
            kept.outline = await to_thread.run_sync(look, limiter=portal.lookers)
    return kept.outline


def front_of(kept: KeptCheck, number: int) -> bytes:
    """Returns the file as a signature found it.

    Raises:
        HTTPException: there is no such signature, or its revision cannot be told.
    """
    signatures = kept.judged.report.signatures
    if not 1 <= number <= len(signatures):
        raise HTTPException(404)
    found = as_signed(kept.judged.content, signatures[number - 1])
    if found is None:
        raise HTTPException(404)
    return found


def _shown(
    request: Request, portal: Portal, kept: KeptCheck, outline: Outline, *, key: str, list_key: str
) -> Response:
    with portal.database.reading() as session:
        note = public_note(session, kept.judged.report.sha256_hex)
    view = check_view(kept.judged.report, outline)
    return page(
        request, "verified.html", person=reader_of(request, portal), view=view, note=note,
        base=f"{RESULT}/{key}", back=kept.back, shown=view.other[:SHOWN_PAGES],
        list_path=f"{LIST}/{list_key}" if list_key.replace("-", "").isalnum() else "",
    )  # fmt: skip
