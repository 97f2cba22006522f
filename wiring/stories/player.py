"""Plays a story: walks the simulated clock from event to event; people, units and flows act."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Final, Literal

from actions.desk import VIETNAM, local_day
from actions.errors import ActionRefusedError
from actions.offices import working_calendar
from models.lifecycle import DirectiveState
from wiring import runs
from wiring.clock import monotonic_s
from wiring.stories import edxml_units, units
from wiring.stories.deeds import ACT_WORDS, People
from wiring.stories.errors import StoryError
from wiring.stories.motor import Motor
from wiring.stories.narrator import Narrator
from wiring.stories.outcome import Outcome, leave_files
from wiring.stories.reading import read_source
from wiring.stories.reviewed import read_reviewed
from wiring.stories.script import (
    Act,
    Answer,
    Consent,
    Extension,
    Kill,
    Status,
    Step,
    Story,
)
from wiring.stories.stage import Stage, open_stage

_KILLS: Final[Mapping[Act, tuple[Literal["signing", "sealing"], str]]] = {
    Act.SIGN: ("signing", "officer"),
    Act.SEAL: ("sealing", "seal"),
}
"""During what the worker may be killed after an act, and the kind of signature it works on."""


_AFTER_ISSUE: Final = frozenset(
    {Act.ACCEPT_REPORTS, Act.RETURN_REPORTS, Act.CONSOLIDATE, Act.DRAFT_UPWARDS, Act.RECALL}
)
"""Acts that wake no run of the directive: what they ask for waits in the outbox."""
_WAYS: Final = {
    "mail": "qua thư",
    "upload": "trên trang của đơn vị",
    "edxml": "qua hệ thống văn bản điện tử",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happens at an instant; `order` settles ties as the file has them."""

    at: datetime
    order: int
    happen: Callable[[datetime | None], None]
    """Takes the instant of the next event: until then tries of the flows may go on."""


def play(story: Story, folder: Path, narrator: Narrator) -> Outcome:
    """Plays the whole story into a folder and leaves its files there.

    Raises:
        StoryError: the story did not go as it says.
    """
    started = monotonic_s()
    narrator.tell(None, "Đọc văn bản quét và đối chiếu với bản đã rà soát.")
    with open_stage(story, folder) as stage:
        reviewed = read_reviewed(story.reviewed)
        reading = read_source(stage, story.source, reviewed)
        narrator.tell(None, f"Máy đọc đúng {reading.score}; người rà soát sửa phần còn lại.")
        motor = Motor(stage)
        people = People(stage=stage, motor=motor, story=story, reviewed=reviewed)
        Player(stage, story, people, motor, narrator).play()
        return leave_files(stage, people, reading, narrator, seconds=monotonic_s() - started)


class Player:
    """Walks through the events of one story."""

    def __init__(
        self, stage: Stage, story: Story, people: People, motor: Motor, narrator: Narrator
    ) -> None:
        self._stage, self._story, self._people = stage, story, people
        self._motor, self._narrator = motor, narrator
        self._kills = {kill.during: kill for kill in story.kill}
        self._counter = 0

    def play(self) -> None:
        """Lets everything happen in order.

        Raises:
            StoryError: the story did not go as it says.
        """
        events = sorted(self._events(), key=lambda event: (event.at, event.order))
        self._narrator.begin(len(events))
        for index, event in enumerate(events):
            later = events[index + 1].at if index + 1 < len(events) else None
            self._stage.clock.set(max(event.at, self._stage.clock.now()))
            event.happen(later)
            self._narrator.step()
        self._stage.clock.set(max(self._story.ends, self._stage.clock.now()))

    def _events(self) -> Iterator[Event]:
        for step in self._story.step:
            yield self._event(step.at, partial(self._step, step))
        for at, together in self._answers():
            yield self._event(at, partial(self._answer, together))
        for status in self._story.status:
            yield self._event(status.at, partial(self._status, status))
        for said in self._story.consent:
            yield self._event(said.at, partial(self._consent, said))
        for asked in self._story.extension:
            yield self._event(asked.at, partial(self._ask, asked))
            yield self._event(asked.decided_at, partial(self._decide, asked))
        for at in self._mornings():
            yield self._event(at, self._chase)

    def _event(self, at: datetime, happen: Callable[[datetime | None], None]) -> Event:
        self._counter += 1
        return Event(at=at, order=self._counter, happen=happen)

    def _mornings(self) -> Iterator[datetime]:
        """The instants at which `chase-reports` runs: each working day after the issue."""
        issued = [step.at for step in self._story.step if step.does is Act.ISSUE]
        if not issued:
            return
        with self._stage.office.database.reading() as session:
            calendar = working_calendar(session)
        hour = time.fromisoformat(self._story.walk.chase_at)
        day, last = local_day(issued[0]) + timedelta(days=1), local_day(self._story.ends)
        while day <= last:
            if calendar.is_working(day):
                yield datetime.combine(day, hour, VIETNAM)
            day += timedelta(days=1)

    def _step(self, step: Step, later: datetime | None) -> None:
        who = self._people.actor(step.who).name
        watched = self._watch_sending(step)
        try:
            self._people.act(step)
        except ActionRefusedError as refusal:
            if refusal.code != step.refused:
                raise StoryError(f"bước {step.does}", refusal.diagnosis()) from refusal
            self._tell(f"{who} {ACT_WORDS[step.does]}: bị từ chối. {refusal.diagnosis()}")
            return
        if step.refused is not None:
            raise StoryError(f"bước {step.does}", f"đáng lẽ bị từ chối ({step.refused}).")
        reason = f" ({step.reason})" if step.reason else ""
        self._tell(f"{who} {ACT_WORDS[step.does]}{reason}")
        self._let_flows_act(step, later)
        if watched is not None:
            watched.result()
            self._motor.deliver(later)

    def _watch_sending(self, step: Step) -> Future[None] | None:
        kill = self._kills.get("sending")
        if step.does is not Act.ISSUE or kill is None:
            return None
        return self._motor.kill_while_sending(kill)

    def _let_flows_act(self, step: Step, later: datetime | None) -> None:
        kill = self._kill_for(step)
        if kill is not None:
            self._motor.kill_while_signing(self._people.directive_id, _KILLS[step.does][1])
            self._tell("Tiến trình thực hiện bị dừng đột ngột rồi được khởi động lại.")
        if step.does in _AFTER_ISSUE:
            self._motor.deliver(later)
            return
        self._motor.settle(self._people.directive_id)
        if step.does is Act.ISSUE:
            self._send(later)

    def _kill_for(self, step: Step) -> Kill | None:
        during = _KILLS.get(step.does)
        return self._kills.get(during[0]) if during else None

    def _send(self, later: datetime | None) -> None:
        if "sending" not in self._kills:
            self._motor.deliver(later)
        self._motor.receive()
        self._tell("Văn bản được gửi đến các đơn vị.")

    def _answers(self) -> Iterator[tuple[datetime, tuple[Answer, ...]]]:
        """The answers, those of one instant together: the flows then look once for all of them."""
        at_once: dict[datetime, list[Answer]] = {}
        for one in self._story.answer:
            at_once.setdefault(one.at, []).append(one)
        for at, together in at_once.items():
            yield at, tuple(together)

    def _answer(self, together: tuple[Answer, ...], later: datetime | None) -> None:
        for given in together:
            units.answer(self._stage, self._people.directive_id, given)
        self._motor.receive()
        self._motor.deliver(later)
        for given in together:
            good = "" if given.given == "good" else " (tệp hỏng hoặc chữ ký không đúng)"
            name = units.unit_of(self._stage, given.unit).name
            self._tell(f"{name} gửi báo cáo {_WAYS[given.via]}{good}")

    def _status(self, status: Status, later: datetime | None) -> None:
        edxml_units.send_status(self._stage, status)
        self._motor.receive()
        self._motor.deliver(later)
        name = units.unit_of(self._stage, status.unit).name
        self._tell(f"Hệ thống của {name} báo trạng thái {status.code} {status.description}".strip())

    def _consent(self, said: Consent, later: datetime | None) -> None:
        units.answer_recall(self._stage, self._people.directive_id, said)
        self._motor.deliver(later)
        what = "đồng ý" if said.agrees else "không đồng ý"
        name = units.unit_of(self._stage, said.unit).name
        self._tell(f"{name} {what} thu hồi. {said.reason}".strip())

    def _ask(self, asked: Extension, _later: datetime | None) -> None:
        units.ask_for_extension(self._stage, self._people.directive_id, asked)
        name = units.unit_of(self._stage, asked.unit).name
        self._tell(f"{name} xin gia hạn đến {asked.until:%d/%m/%Y}: {asked.reason}")

    def _decide(self, asked: Extension, later: datetime | None) -> None:
        self._people.decide(asked)
        self._motor.deliver(later)
        what = "đồng ý" if asked.granted else "không đồng ý"
        self._tell(f"{self._people.actor('follow_up').name} {what} gia hạn: {asked.answer}")

    def _chase(self, later: datetime | None) -> None:
        if self._people.row().state != DirectiveState.ISSUED:
            return
        kill = self._kills.pop("chasing", None)
        if kill is not None:
            self._motor.kill_while_chasing()
            self._tell("Tiến trình thực hiện bị dừng đột ngột khi đang đôn đốc.")
        self._motor.run(runs.CHASE)
        self._motor.deliver(later)

    def _tell(self, words: str) -> None:
        self._narrator.tell(self._stage.clock.now(), words)
