"""Leads through the set-up, one step after the other; what is done is passed over."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import typer

from actions.certificate_rows import KIND_WORDS, is_trial
from actions.certificates import KEY_KINDS, NewCertificate, register
from actions.desk import local_day
from actions.errors import ActionRefusedError
from actions.offices import office_facts
from actions.setup_parts import PART_WORDS, Part, PartState, parts
from actions.setup_steps import ANCHORS, TIMESTAMPS, StepState
from actions.signatures import usable_certificate
from actions.trial_signing import ELSEWHERE, try_key
from cli.acting import Acting, acting, ask_secret
from cli.key import read_certificate
from cli.opening import opened_office
from cli.setup_steps import (
    add_anchors,
    leave_trial,
    remove_trial_anchors,
    setting_lines,
    try_timestamps,
)
from cli.setup_words import part_lines
from cli.usage import WrongUsageError
from cli.visible import visible
from models.officer import RegisteredCertificate
from signing.trust import Purpose
from wiring.trial import surroundings, trial_desk

LATER: Final = "để trống: làm sau"
_CERTIFICATE: Final = "certificate:"
_FIELDS: Final[Mapping[str, str]] = {
    "module": "Tên mô-đun trong thiết lập",
    "token": "Nhãn thiết bị",
    "key": "Nhãn khoá",
    "service": "Tên dịch vụ trong thiết lập",
    "credential": "Mã chứng thư ở dịch vụ",
}


Step = Callable[[], list[str]]
"""Does something; returns what to say of it."""


class Leader:
    """One walk through the steps."""

    def __init__(self, username: str | None, *, from_stdin: bool) -> None:
        self._username = username
        self._from_stdin = from_stdin

    def lead(self) -> None:
        """Goes through all steps, asks what is needed, and ends with the table of parts."""
        with acting(self._username, from_stdin=self._from_stdin) as by:
            self._anchors(by)
            self._timestamps(by)
            self._each_key(by, only=frozenset(), asking=True)
            self._head("Bước 4: thư, máy chủ hỏi thu hồi")
            self._say(setting_lines(by))
            self._last(by)

    def keys(self, *, only: frozenset[str], asking: bool) -> None:
        """Tries the keys that were not tried yet."""
        with acting(self._username, from_stdin=self._from_stdin) as by:
            self._each_key(by, only=only, asking=asking)

    def _anchors(self, by: Acting) -> None:
        self._head("Bước 1: chứng thư gốc tin cậy", self._part(by, ANCHORS))
        while self._part(by, ANCHORS).state is not PartState.REAL:
            file = self._ask(f"Tệp chứng thư gốc thật ({LATER})")
            if not file:
                return
            source, reason = self._ask("Lấy từ đâu"), self._ask("Vì sao cơ quan tin")
            purposes = frozenset(Purpose)
            self._try(
                partial(
                    add_anchors, by, Path(file), source=source, reason=reason, purposes=purposes
                )
            )

    def _timestamps(self, by: Acting) -> None:
        self._head("Bước 2: dịch vụ dấu thời gian", self._part(by, TIMESTAMPS))
        if self._part(by, TIMESTAMPS).state is PartState.REAL:
            return
        given = self._ask(f"Địa chỉ, cách nhau bằng dấu phẩy ({LATER}; “=”: thử địa chỉ đang đặt)")
        if not given:
            return
        urls = None if given == "=" else [one.strip() for one in given.split(",") if one.strip()]
        with opened_office() as office:
            self._say(try_timestamps(office, by.actor, urls)[0])

    def _each_key(self, by: Acting, *, only: frozenset[str], asking: bool) -> None:
        self._head("Bước 3: khoá của người ký và của cơ quan")
        for part in self._parts(by):
            holder = part.key.removeprefix(_CERTIFICATE)
            if part.key.startswith(_CERTIFICATE) and (not only or holder in only):
                self._say([f"{part.title}: {PART_WORDS[part.state]} ({part.words})"])
                if part.state is not PartState.REAL:
                    self._key(by, holder, asking=asking)

    def _key(self, by: Acting, holder: str, *, asking: bool) -> None:
        row = self._usable(by, holder)
        if asking and _is_missing(row):
            if not self._register(by, holder):
                return
            row = self._usable(by, holder)
        if row is None or _is_missing(row):
            self._say([f"  Đăng ký chứng thư thật: trinhky key add {_whose(by, holder)} --kind …"])
            return
        short = row.fingerprint[:16]
        if row.key_kind in ELSEWHERE:
            how = f"trinhky key try {short} --out thu.pdf, ký tệp ấy ở máy người ký, rồi"
            self._say([f"  {KIND_WORDS[row.key_kind]}: {how}"])
            self._say([f"  trinhky key try {short} --signed thu-da-ky.pdf"])
            return
        self._trial(by, row.fingerprint)

    def _trial(self, by: Acting, fingerprint: str) -> None:
        pin = self._secret(f"  Mã PIN ({LATER})")
        if not pin:
            return

        def sign() -> list[str]:
            with opened_office() as office:
                trial = try_key(trial_desk(office), by.actor, fingerprint, pin=pin)
            if trial.state is StepState.FAILED:
                return [f"  CHƯA ĐẠT: {trial.problem}"]
            kind = "thật" if trial.state is StepState.REAL else "thử nghiệm"
            return [f"  Ký thử đạt; chứng thư {kind}."]

        self._try(sign)

    def _register(self, by: Acting, holder: str) -> bool:
        kind = self._ask(f"  Khoá thật ở đâu: {', '.join(KEY_KINDS)} ({LATER})")
        if kind not in KEY_KINDS:
            return False
        location = self._ask("  Tên tệp trong thư mục khoá") if kind == "pkcs12" else None
        file = self._ask("  Tệp chứng thư (pkcs12: để trống, đọc từ tệp khoá)")
        said = {name: self._ask(f"  {_FIELDS[name]}") for name in KEY_KINDS[kind]}

        def take() -> list[str]:
            folder = by.tables.settings.keys_folder
            der = read_certificate(
                Path(file) if file else None, folder, location, stdin=self._from_stdin
            )
            officer = holder if _is_officer(by, holder) else None
            new = NewCertificate(
                der=der, officer_id=officer, organisation_id=None if officer else holder,
                key_kind=kind, key_location=location, key_settings=said or None,
                valid_from=local_day(by.at),
            )  # fmt: skip
            made = register(by.tables.database, new, at=by.at, actor=by.actor)
            return [f"  Đã đăng ký {made.fingerprint[:16]}.", *made.warnings]

        return self._try(take)

    def _last(self, by: Acting) -> None:
        self._head("Bước 5: kiểm tra và kết thúc thử nghiệm")
        needed = [one for one in self._parts(by) if one.needed and one.state != PartState.REAL]
        if [one.key for one in needed] == [ANCHORS] and self._agrees(
            "Mọi phần khác đã thật. Bỏ chứng thư gốc thử nghiệm"
        ):
            self._try(lambda: remove_trial_anchors(by, "Cơ quan chuyển sang chứng thư gốc thật."))
        found = self._parts(by)
        self._say(list(part_lines(found)))
        if any(one.needed and one.state != PartState.REAL for one in found):
            self._say(["Chạy lại trinhky setup khi đã có thêm; những gì đã xong được giữ lại."])
        elif self._on_trial(by) and self._agrees("Kết thúc thử nghiệm ngay bây giờ"):
            self._try(lambda: leave_trial(by))

    @staticmethod
    def _on_trial(by: Acting) -> bool:
        with by.tables.database.reading() as session:
            return office_facts(session).test_only

    @staticmethod
    def _parts(by: Acting) -> tuple[Part, ...]:
        with by.tables.database.reading() as session:
            return parts(session, surroundings(by.tables.settings), at=by.at)

    def _part(self, by: Acting, key: str) -> Part:
        return next(one for one in self._parts(by) if one.key == key)

    @staticmethod
    def _usable(by: Acting, holder: str) -> RegisteredCertificate | None:
        whose = "officer_id" if _is_officer(by, holder) else "organisation_id"
        with by.tables.database.reading() as session:
            return usable_certificate(session, local_day(by.at), **{whose: holder})

    def _try(self, step: Step) -> bool:
        """Does a step; a refusal is told, and the walk goes on."""
        try:
            self._say(step())
        except (ActionRefusedError, WrongUsageError) as refusal:
            diagnosis = getattr(refusal, "diagnosis", None)
            self._say([f"  {diagnosis() if callable(diagnosis) else refusal}"])
            return False
        return True

    def _ask(self, prompt: str) -> str:
        if self._from_stdin:
            return sys.stdin.readline().strip()
        return str(typer.prompt(prompt, default="", show_default=False)).strip()

    def _secret(self, prompt: str) -> str:
        return ask_secret(prompt, from_stdin=self._from_stdin)

    def _agrees(self, question: str) -> bool:
        return self._ask(f"{question}? (c: có)").casefold() in {"c", "có", "y", "yes"}

    @staticmethod
    def _head(title: str, part: Part | None = None) -> None:
        state = f": {PART_WORDS[part.state]} ({part.words})" if part else ""
        typer.echo(visible(f"\n{title}{state}".strip("\n")))

    @staticmethod
    def _say(lines: list[str]) -> None:
        for line in lines:
            typer.echo(visible(line))


def _is_missing(row: RegisteredCertificate | None) -> bool:
    return row is None or row.trial or is_trial(row.der)


def _is_officer(by: Acting, holder: str) -> bool:
    with by.tables.database.reading() as session:
        return office_facts(session).organisation_id != holder


def _whose(by: Acting, holder: str) -> str:
    return f"--{'officer' if _is_officer(by, holder) else 'organisation'} {holder}"
