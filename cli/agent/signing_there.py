"""Signing on this machine: look, check, ask, sign, hand in; one PIN for all that was summarised.

1. hand in what was signed before and never acknowledged
2. fetch each document and see that it has its digest
3. ask for each plan and check it: nothing but the mark of this signature is added
4. find the key by its certificate; show the summary, ask a yes
5. ask the PIN, open the key: it must be the key of that certificate
6. each file: write down what is signed, sign, write down the signature, hand it in

One bad file does not stop the rest. Ctrl-C stops between two files.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import typer

from cli.agent.documents import drop_document, fetch_document
from cli.agent.errors import AgentRefusedError, KeyNotFoundError, PortalUnreachableError
from cli.agent.home import Home, KeyPlace, Pairing
from cli.agent.journal import Entry, Journal, hand_in
from cli.agent.keys import FoundKey, find_key, open_key
from cli.agent.line import Line
from cli.agent.offers import Offer, fetch_offer
from cli.agent.showing import (
    TEST_BANNER,
    Screen,
    drop_pages,
    folder_name,
    item_facts,
    offer_facts,
    write_mark_page,
    write_pages,
)
from cli.agent.work import Item, Work, fetch_work, select
from documents.errors import DocumentsError
from signing.errors import SigningRoomError
from signing.keys.key import SigningKey
from signing.mechanism import check_raw_signature

ALL = "all"
_YES = frozenset({"c", "co", "có"})
_REFUSALS = (AgentRefusedError, SigningRoomError, DocumentsError)
"""What one file may bring that leaves the others alone."""
_STATES = {"keyed": "đã ký, đã gửi", "completed": "đã ký, đã kiểm tra lại"}


@dataclass(slots=True)
class _Result:
    """What came of each file, in the order in which it was settled."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    failed: bool = False

    def good(self, title: str, act: str, words: str) -> None:
        self.rows.append((title, act, words))

    def bad(self, title: str, act: str, words: str) -> None:
        self.rows.append((title, act, words))
        self.failed = True


def sign_work(home: Home, which: Sequence[str], place: KeyPlace) -> None:
    """Signs what was named.

    Args:
        home: the agent's folder.
        which: places in the list, numbers or identifiers; or `all`.
        place: where the key lies; by default where it lay the last time.

    Raises:
        typer.Exit: a file could not be signed; each is told with its reason.
    """
    pairing = home.pairing()
    wanted = place if place.is_named else pairing.key
    screen = Screen()
    with Line.of(pairing) as line:
        sitting = _Sitting(home, pairing, line, screen, wanted)
        settled = sitting.resume()
        rest = [one for one in which if one.strip().casefold() not in settled]
        if settled and any(one.strip().isdigit() for one in rest):
            screen.say("Danh sách đã thay đổi; các số thứ tự phải xem lại: trinhky agent list")
            rest = []
        if rest:
            sitting.sign_chosen(rest)
        sitting.report()


def _chosen(work: Work, which: Sequence[str]) -> list[Item]:
    if [one.casefold() for one in which] == [ALL]:
        return [one for one in work.items if not one.problem]
    return list({one.id: one for one in (select(work.items, typed) for typed in which)}.values())


class _Sitting:
    """One call of `agent sign`."""

    def __init__(
        self, home: Home, pairing: Pairing, line: Line, screen: Screen, place: KeyPlace
    ) -> None:
        self._home = home
        self._line = line
        self._screen = screen
        self._place = place
        self._journal = Journal(home, pairing.portal)
        self._result = _Result()

    def resume(self) -> frozenset[str]:
        """Hands in what an earlier call signed; returns how those documents are called."""
        unsent = list(self._journal.unsent())
        for entry in unsent:
            self._screen.say(f"{entry.title}: đã ký lần trước, nay gửi chữ ký đó; không ký lại.")
            self._send(entry)
        return frozenset(entry.title.casefold() for entry in unsent)

    def sign_chosen(self, which: Sequence[str]) -> None:
        """Signs what was named, after a summary and a yes."""
        work = fetch_work(self._line)
        if work.test_only:
            self._screen.warn(TEST_BANNER)
        offers = list(self.offers(_chosen(work, which)))
        if offers:
            self.sign(offers)

    def offers(self, items: Sequence[Item]) -> Iterator[Offer]:
        """Fetches and checks; what fails is told in the end."""
        for item in items:
            if item.problem:
                self._result.bad(item.title, item.act, item.problem)
                continue
            try:
                yield self._offer(item)
            except PortalUnreachableError:
                raise
            except _REFUSALS as err:
                self._result.bad(item.title, item.act, err.diagnosis())

    def _offer(self, item: Item) -> Offer:
        pdf = fetch_document(self._line, self._home, item, progress=self._screen.progress)
        folder = self._home.pages / folder_name(item)
        pages = write_pages(folder, pdf)
        offer = fetch_offer(self._line, item, pdf)
        self._screen.say()
        self._screen.facts(
            [
                *item_facts(item, len(pdf)),
                *offer_facts(offer),
                ("Ảnh các trang", f"{folder} ({len(pages)} trang)"),
                ("Ảnh sau khi ký", str(write_mark_page(folder, offer) or "không có")),
            ]
        )
        return offer

    def sign(self, offers: Sequence[Offer]) -> None:
        """Asks once, then signs with each certificate what is its own."""
        groups: dict[tuple[str, str], list[Offer]] = defaultdict(list)
        for offer in offers:
            named = offer.prepared.certificate
            mechanism = str(offer.prepared.mechanism)
            groups[(hashlib.sha256(named.der).hexdigest(), mechanism)].append(offer)
        found = [
            (find_key(self._place, group[0].prepared.certificate, mechanism), group)
            for (_, mechanism), group in groups.items()
        ]
        self._be_sure(offers, found)
        for key, group in found:
            self._sign_group(key, group)

    def _be_sure(self, offers: Sequence[Offer], found: Sequence[tuple[FoundKey, object]]) -> None:
        self._screen.say()
        if len(offers) > 1:
            rows = ((one.item.title, one.item.act, one.item.subject) for one in offers)
            self._screen.table(("Số, ký hiệu", "Việc", "Trích yếu"), rows)
        for key, _ in found:
            self._screen.say(f"Khoá: {key.words}.")
            if key.warning:
                self._screen.warn(key.warning)
        acts = " và ".join(dict.fromkeys(one.item.act for one in offers))
        what = offers[0].item.title if len(offers) == 1 else f"trên ({len(offers)})"
        question = f"{acts} văn bản {what}?"
        answer = typer.prompt(f"{question} (c: có, k: không)", default="k", show_default=False)
        if str(answer).strip().casefold() not in _YES:
            raise typer.Abort

    def _sign_group(self, found: FoundKey, group: Sequence[Offer]) -> None:
        try:
            key = open_key(found, tell=self._screen.warn)
            if key is None:
                self._leave(group, "Đã dừng trước khi ký; chưa dùng khoá.")
                return
            with key:
                _require_own(key, group[0])
                self._home.keep_key(self._place)
                key.announce([one.prepared.signed_attributes for one in group])
                self._sign_each(key, group)
        except _REFUSALS as err:
            self._leave(group, err.diagnosis())

    def _sign_each(self, key: SigningKey, group: Sequence[Offer]) -> None:
        for place, offer in enumerate(group):
            try:
                self._send(self._sign_one(key, offer))
            except SigningRoomError as err:
                # A token that is gone will not sign the next one either.
                self._leave(group[place:], err.diagnosis())
                return
            except KeyboardInterrupt:
                self._stop(group[place:])
                return

    def _stop(self, offers: Sequence[Offer]) -> None:
        """Ctrl-C: what the key has signed by then is kept and handed in by the next call."""
        kept = {entry.plan_id for entry in self._journal.unsent()}
        signed = [one for one in offers if one.plan_id in kept]
        self._leave(signed, "Đã ký; chưa gửi được, chạy lại lệnh để gửi.")
        self._leave(offers, "Đã dừng theo yêu cầu; chưa ký.")

    def _sign_one(self, key: SigningKey, offer: Offer) -> Entry:
        prepared = offer.prepared
        entry = self._journal.plan(offer, hashlib.sha256(prepared.pdf).hexdigest())
        raw = key.sign(prepared.signed_attributes)
        check_raw_signature(
            certificate=prepared.certificate.der,
            signed_attributes=prepared.signed_attributes,
            signature=raw,
            mechanism=prepared.mechanism,
        )
        return self._journal.signed(entry, raw)

    def _send(self, entry: Entry) -> None:
        try:
            state = hand_in(self._line, self._journal, entry)
        except PortalUnreachableError as err:
            words = f"đã ký; chưa gửi được, chạy lại lệnh để gửi. {err.diagnosis()}"
            self._result.bad(entry.title, entry.act, words)
            return
        except AgentRefusedError as err:
            self._result.bad(entry.title, entry.act, err.diagnosis())
            return
        drop_document(self._home, entry.seen_sha256)
        drop_pages(self._home.pages / entry.pages)
        self._result.good(entry.title, entry.act, _STATES.get(state, state))

    def _leave(self, offers: Sequence[Offer], words: str) -> None:
        """What was not signed, and why; a row that is settled already is not told again."""
        settled = {row[0] for row in self._result.rows}
        for one in offers:
            if one.item.title not in settled:
                self._result.bad(one.item.title, one.item.act, words)

    def report(self) -> None:
        """A line for each file.

        Raises:
            typer.Exit: with 1, where one was not signed.
        """
        self._screen.say()
        if not self._result.rows:
            self._screen.say("Không còn văn bản nào chờ ký hoặc đóng dấu trên máy này.")
            return
        self._screen.table(("Số, ký hiệu", "Việc", "Kết quả"), self._result.rows)
        if self._result.failed:
            raise typer.Exit(1)
        self._screen.say("Cổng thông tin gắn dấu thời gian và kiểm tra lại từng chữ ký.")


def _require_own(key: SigningKey, offer: Offer) -> None:
    """The key that opened is that of the certificate which was shown and is bound in.

    Raises:
        KeyNotFoundError: it is another one.
    """
    if key.certificate.der != offer.prepared.certificate.der:
        name = key.certificate.facts.name
        raise KeyNotFoundError(
            f"Khoá mở ra là của “{name}”, không phải của chứng thư đã đăng ký; chưa ký gì. "
            "Việc cần làm: dùng đúng thiết bị hoặc tệp khoá."
        )
