"""Makes the portal's application: `uvicorn portal.app:make_app --factory`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from models.base import DirectiveId
from portal import problems, static_files, storable
from portal.api import ROUTERS, bringing, edxml, verifications
from portal.api.describing import describe, methods_at
from portal.check_keeping import LIMITS_KEPT, KeptChecks
from portal.context import Portal
from portal.heap import leave_alone_when_warm
from portal.i18n.choosing import Speaking
from portal.identity import SESSION_COOKIE
from portal.pages import (
    absences,
    administering,
    amending,
    anchors,
    batch,
    boards,
    certificates,
    consolidating,
    copies,
    decisions,
    devices,
    directive,
    directives,
    dispatch,
    dispatch_unit,
    draft_arriving,
    draft_editing,
    draft_looking,
    draft_source,
    draft_templates,
    drafts,
    evidence,
    following,
    following_unit,
    groups,
    handwriting,
    incoming,
    incoming_taking,
    interface,
    issuing,
    journal,
    language,
    leaving,
    living,
    my_account,
    my_factor,
    notices,
    number_series,
    obligations,
    office_file,
    officer,
    officer_data,
    operating,
    opinions,
    passkeys,
    real,
    register,
    remarks,
    reminding,
    report_forms,
    saved_views,
    setting_up,
    sign_in,
    signing,
    signing_elsewhere,
    single_sign_on,
    tray,
    unit,
    unit_report,
    units,
    verified,
    verified_compared,
    verify,
    versions,
    work,
    working_days,
    working_days_form,
)
from portal.patience import BodyPatience
from portal.pictures import Pictures
from portal.rendering import make_templates
from portal.security import BodyLimit, SecurityHeaders
from portal.source_reading import SourceReader
from signing.compare.comparing import LIMITS as COMPARE_LIMITS
from signing.compare.comparing import Comparing
from signing.viewing.viewing import LIMITS as VIEW_LIMITS
from signing.viewing.viewing import Viewing
from wiring.bootstrap import Office, open_office
from wiring.settings import load_settings

VIEWERS = 2
"""Processes that draw pages of strangers' files."""
FILE_PATHS = (
    edxml.PATH,
    f"{bringing.PREFIX}/",
    verifications.PATH,
    verify.PATH,
    f"{real.PATH}/",
    unit.PREFIX,
    signing_elsewhere.PREFIX,
    copies.UPLOAD,
    register.UPLOAD,
    incoming_taking.FILES,
    working_days.UPLOAD,
    certificates.UPLOAD,
    anchors.UPLOAD,
    handwriting.UPLOADS,
    office_file.UPLOAD,
    draft_editing.SAVES,
    draft_arriving.UPLOAD,
)
"""Where files come in; they keep to the office's limit by themselves."""
_SCREENS = (
    sign_in, work, notices, directives, saved_views, directive, evidence, versions, remarks,
    decisions,
    signing, issuing, draft_arriving, draft_templates, draft_source, drafts, draft_editing,
    draft_looking, language, living, opinions,
    dispatch, dispatch_unit, amending, tray,
    my_account, my_factor, passkeys, single_sign_on,
    consolidating, boards, obligations, following, following_unit, report_forms, working_days,
    working_days_form, reminding,
    incoming_taking, incoming,
    administering, officer_data, officer, handwriting, leaving, absences, certificates, anchors,
    setting_up, journal, office_file, units, groups, number_series,
    register, operating, interface, verify, verified, verified_compared, real, unit, unit_report,
    devices, signing_elsewhere, batch, copies,
)  # fmt: skip


def _named(route: APIRoute) -> str:
    """How a route is called in the description: its page and its function."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name}"


def make_app(
    office: Office | None = None, *, nudge: Callable[[DirectiveId], None] | None = None
) -> FastAPI:
    """Returns the application.

    Args:
        office: an open office, which stays the caller's to close; by default the one that the
            settings name is opened, and closed when the application ends.
        nudge: lets the run of a directive look again; by default the office's own way.

    Raises:
        SettingsError: a setting cannot be right, or a folder cannot be used.
    """
    ours = office if office is not None else open_office(load_settings())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        portal.sources.open()
        # A test's own process has other things to keep than this portal's.
        settling = asyncio.create_task(leave_alone_when_warm()) if office is None else None
        yield
        if settling is not None:
            settling.cancel()
        await run_in_threadpool(portal.sources.close)
        await run_in_threadpool(portal.batches.close)
        await run_in_threadpool(portal.viewing.close)
        await run_in_threadpool(portal.comparing.close)
        if office is None:
            ours.close()

    portal = Portal(
        office=ours,
        templates=make_templates(),
        nudge=nudge or ours.nudge,
        pictures=Pictures(ours.desk.archive),
        sources=SourceReader(ours.desk),
        checked=KeptChecks(most_bytes=LIMITS_KEPT * ours.settings.size_limit_bytes),
        viewing=Viewing(
            processes=VIEWERS, limits=replace(VIEW_LIMITS, file_bytes=ours.desk.size_limit_bytes)
        ),
        comparing=Comparing(limits=replace(COMPARE_LIMITS, file_bytes=ours.desk.size_limit_bytes)),
    )
    app = FastAPI(
        title="Trình Ký",
        version="1",
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_named,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(storable.guard(FILE_PATHS))],
        middleware=[
            Middleware(SecurityHeaders, https=portal.secure),
            Middleware(Speaking, session_cookie=SESSION_COOKIE),
            Middleware(BodyPatience),
            Middleware(BodyLimit, file_paths=FILE_PATHS),
        ],
    )
    app.state.portal = portal
    app.state.methods_at = methods_at
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # as its own pages say
    app.include_router(static_files.router)
    for screen in _SCREENS:
        app.include_router(screen.router, include_in_schema=False)
    return app
