"""What programs call: health, figures, `/api/v1`."""

from typing import Final

from portal.api import (
    administration,
    agent,
    bringing,
    deciding,
    directives,
    drafting,
    edxml,
    following,
    health,
    incoming,
    mail,
    notices,
    running,
    sending,
    tasks,
    verifications,
    webhooks,
)

ROUTERS: Final = (
    health.router,
    verifications.router,
    directives.work_router,
    directives.router,
    notices.router,
    drafting.router,
    deciding.router,
    tasks.router,
    sending.router,
    following.router,
    incoming.router,
    mail.router,
    bringing.router,
    running.router,
    administration.router,
    webhooks.router,
    agent.router,
    edxml.router,
)
"""Every route that is described at `/api/openapi.json`."""
