"""What programs call: health, figures, `/api/v1`."""

from typing import Final

from portal.api import agent, deciding, directives, edxml, health, verifications

ROUTERS: Final = (
    health.router,
    verifications.router,
    directives.work_router,
    directives.router,
    deciding.router,
    agent.router,
    edxml.router,
)
"""Every route that is described at `/api/openapi.json`."""
