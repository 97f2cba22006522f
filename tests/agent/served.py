"""A portal in a process of its own, with the demo's office; told by lines of JSON what to do.

`python -m tests.agent.served <folder> <port>` answers each line on standard input with one line.
The signatory's and the agency's keys are with their owners: their certificates say `agent`.
"""

import json
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn
from sqlalchemy import select, update

from actions.reviewing import return_draft
from models.agent import AgentDevice
from models.base import DirectiveId
from models.officer import RegisteredCertificate
from models.signature import Signature
from portal.app import make_app
from tests.portal.seeded import PEOPLE, Seeded, seeded_office
from wiring.clock import sleep


class Deeds:
    """What a test may ask for."""

    def __init__(self, seeded: Seeded) -> None:
        self.seeded = seeded
        with seeded.office.database.writing() as session:
            session.execute(
                update(RegisteredCertificate)
                .where(RegisteredCertificate.key_kind != "none")
                .values(key_kind="agent")
            )

    def numbered(self, title: str) -> str:
        return str(self.seeded.numbered(title))

    def facts(self, key: str, *, judged: bool = False) -> dict[str, Any]:
        """State, signatures and, where it is asked for, the judge's word about one directive."""
        directive = self.seeded.directive(_id(key))
        with self.seeded.office.database.reading() as session:
            rows = session.scalars(
                select(Signature)
                .where(Signature.directive_id == directive.id)
                .order_by(Signature.planned_at, Signature.id)
            ).all()
            made = [
                {"state": one.state, "kind": one.kind, "raw": (one.raw_signature or b"").hex()}
                for one in rows
            ]
        verdict = ""
        if judged:
            pdf, at = self.seeded.pdf(directive.id), self.seeded.office.clock()
            verdict = self.seeded.office.desk.judge(pdf, "van-ban.pdf", at).verdict.value
        return {
            "state": directive.state, "number": directive.number_text, "signatures": made,
            "verdict": verdict, "frozen": directive.frozen_sha256,
        }  # fmt: skip

    def returned(self, key: str) -> None:
        actor = self.seeded.actor(PEOPLE.signatory)
        return_draft(self.seeded.office.desk, actor, _id(key), reason="Sửa lại.", revision=1)

    def walked(self, minutes: int) -> None:
        self.seeded.walk(self.seeded.office.clock() + timedelta(minutes=minutes))

    def devices(self) -> list[str]:
        with self.seeded.office.database.reading() as session:
            return [one.label for one in session.scalars(select(AgentDevice))]


def _id(key: str) -> DirectiveId:
    return DirectiveId(UUID(key))


def main(folder: Path, port: int) -> None:
    out = sys.stdout
    with seeded_office(folder) as seeded:
        deeds = Deeds(seeded)
        app = make_app(seeded.office, nudge=seeded.machine)
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            sleep(0.05)
        _answer(out, deeds, '{"deed": "devices"}')  # tells that the portal is there
        for line in sys.stdin:
            _answer(out, deeds, line)
        server.should_exit = True
        thread.join()


def _answer(out: Any, deeds: Deeds, line: str) -> None:  # noqa: ANN401 (a text stream)
    asked = json.loads(line)
    said = getattr(deeds, asked.pop("deed"))(**asked)
    out.write("@" + json.dumps(said) + "\n")
    out.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
