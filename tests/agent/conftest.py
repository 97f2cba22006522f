"""One portal in another process for all tests of this folder; each test makes its own documents."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.agent.terminal import ROOT, Agent
from tests.portal.seeded import PASSWORD, PEOPLE
from wiring.processes import any_port

_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
_CODE = re.compile(r"<output>([^<]+)</output>")


@dataclass
class OtherPortal:
    """The portal, and a way to tell it what to do."""

    url: str
    folder: Path
    process: subprocess.Popen[str]
    browsers: dict[str, httpx.Client] = field(default_factory=dict)

    def ask(self, deed: str, **options: Any) -> Any:  # noqa: ANN401 (whatever the deed tells)
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"deed": deed, **options}) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> Any:  # noqa: ANN401 (same)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("@"):
                return json.loads(line[1:])
        raise AssertionError((self.folder / "portal.log").read_text()[-2000:])

    def key_file(self, holder: str) -> Path:
        return self.folder / "keys" / f"{holder}.p12"

    def browser(self, officer: str) -> httpx.Client:
        """A signed-in browser."""
        if officer not in self.browsers:
            client = httpx.Client(base_url=self.url, follow_redirects=True, trust_env=False)
            form = client.get("/dang-nhap")
            client.post(
                "/dang-nhap",
                data={"username": officer, "password": PASSWORD, "csrf": token_in(form)},
            )
            self.browsers[officer] = client
        return self.browsers[officer]

    def code(self, officer: str = PEOPLE.signatory) -> str:
        """A pairing code, as the page shows it."""
        client = self.browser(officer)
        page = client.post("/may-ky/ma", data={"csrf": token_in(client.get("/may-ky"))})
        found = _CODE.search(page.text)
        assert found, page.text[:500]
        return found[1]

    def ends(self, label: str, officer: str = PEOPLE.signatory) -> None:
        """The officer ends a machine on the page."""
        client = self.browser(officer)
        page = client.get("/may-ky")
        row = page.text[page.text.index(label) :]
        path = re.search(r'action="(/may-ky/[^"]+/ngung)"', row)
        assert path
        client.post(path[1], data={"csrf": token_in(page)})


def token_in(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    assert found, page.text[:500]
    return found[1]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherPortal]:
    folder = tmp_path_factory.mktemp("portal")
    port = any_port()
    with (folder / "portal.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.agent.served", str(folder), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
        )  # fmt: skip
    served = OtherPortal(f"http://127.0.0.1:{port}", folder, process)
    served.answer()
    yield served
    for browser in served.browsers.values():
        browser.close()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait(timeout=60)
    process.stdout.close()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    """A machine that is not paired yet."""
    return Agent(tmp_path / "agent")


@pytest.fixture(scope="session")
def pairing(portal: OtherPortal, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a machine that the signatory paired."""
    machine = Agent(tmp_path_factory.mktemp("paired") / "agent")
    status, said = machine.pair(portal.url, portal.code())
    assert status == 0, said
    return machine.home


@pytest.fixture
def paired(pairing: Path, agent: Agent) -> Agent:
    """The same machine, with nothing on its way."""
    shutil.copytree(pairing, agent.home)
    return agent
