"""The peer of the portal's pages: FastAPI and Jinja with one indexed SELECT on the same data.

`uvicorn bench.portal_peer:make_app --factory`: no sign-in, no rights, no layout, fifty rows.
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from jinja2 import Environment
from sqlalchemy import text
from starlette.responses import HTMLResponse

from models.session import Database
from wiring.settings import load_settings

PATH: Final = "/newest"
_ROWS: Final = text(
    "select number_text, subject, state, updated_at from directive"
    " where organisation_id = :own order by updated_at desc, id desc limit 50"
)
_PAGE: Final = """<!doctype html><title>Văn bản</title><table>{% for row in rows %}
<tr><td>{{ row.number_text }}</td><td>{{ row.subject }}</td><td>{{ row.state }}</td>
<td>{{ row.updated_at }}</td></tr>{% endfor %}</table>"""


def make_app() -> FastAPI:
    """Returns the application, on the database that the settings name."""
    database = Database(load_settings().database_url)
    page = Environment(autoescape=True).from_string(_PAGE)
    app = FastAPI()

    @app.get(PATH)
    def newest() -> HTMLResponse:
        with database.reading() as session:
            own = session.scalar(text("select organisation_id from office"))
            rows = session.execute(_ROWS, {"own": own}).all()
        return HTMLResponse(page.render(rows=rows))

    return app
