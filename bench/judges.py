"""Who is compared: our judge in this process, and its peers, each in its usual way."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from bench.papers import JUDGED_AT, Paper
from signing.certificates import load
from signing.outcome import VerificationReport
from signing.policy import OFFICIAL
from signing.trust import TrustStore
from signing.verify import verify

Judge = Callable[[Paper], object]

DEBIAN_PACKAGE: Final = {"pdfsig": "poppler-utils", "mutool": "mupdf-tools"}


def judge(data: bytes, trust: TrustStore) -> VerificationReport:
    """Our judge, profile official, in this process."""
    return verify(data, name="", policy=OFFICIAL, trust=trust, at=JUDGED_AT)


def forget() -> None:
    """Empties every cache of ours: what has `cache_clear` in a module of `signing`."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "signing":
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if callable(clear):
                    clear()


def run_pdfsig(path: Path) -> None:
    """Mathematics of every signature; certificates are not judged."""
    run("pdfsig", "-nocert", str(path))


def _run_mutool(path: Path) -> None:
    run("mutool", "sign", "-v", str(path))


def run(*command: str) -> None:
    """Runs a command to its end; what it says and its status are of no interest."""
    subprocess.run(  # noqa: S603 (a peer, on a file that we made)
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )


def run_pyhanko(data: bytes, trust: TrustStore) -> None:
    """Classic validation, signature by signature, with the file's own evidence."""
    asyncio.run(_validate(data, trust))


async def _validate(data: bytes, trust: TrustStore) -> None:
    reader = PdfFileReader(io.BytesIO(data))
    told: dict[str, Any] = {
        "trust_roots": [load(one.der) for one in trust.anchors],
        "moment": JUDGED_AT,
    }
    context = (
        DocumentSecurityStore.read_dss(reader).as_validation_context(told)
        if "/DSS" in reader.root
        else ValidationContext(**told)
    )
    for one in reader.embedded_signatures:
        if one.sig_object["/Type"] == "/DocTimeStamp":
            await async_validate_pdf_timestamp(one, context)
        else:
            await async_validate_pdf_signature(one, context)


def peers(trust: TrustStore) -> dict[str, Judge]:
    """Those that are installed here; pdfsig, the measure of all, must be.

    Raises:
        FileNotFoundError: There is no pdfsig.
    """
    if shutil.which("pdfsig") is None:
        raise FileNotFoundError("pdfsig (Debian package poppler-utils)")
    found: dict[str, Judge] = {
        "pdfsig": lambda paper: run_pdfsig(paper.path),
        "pyhanko": lambda paper: run_pyhanko(paper.data, trust),
    }
    if shutil.which("mutool") is not None:
        found["mutool"] = lambda paper: _run_mutool(paper.path)
    return found


def ours(trust: TrustStore) -> dict[str, Judge]:
    """Our judge with caches emptied before each file, and as it is after many."""
    return {
        "new": lambda paper: judge(paper.data, trust),
        "warm": lambda paper: judge(paper.data, trust),
    }
