"""The steps of `trinhky setup`, each as lines that tell what was done and what there is."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from actions.auditing import Actor
from actions.offices import office_facts
from actions.setting_up import finish, note_stamps
from actions.setup_parts import PART_WORDS, PartState, is_mixed, parts
from actions.trusting import AnchorTerms, add_trust_anchors, remove_trust_anchor
from cli.acting import Acting
from cli.setup_words import MIXED
from cli.usage import WrongUsageError
from cli.writing import write_whole
from signing.anchors import INTERMEDIATES, read_trust
from signing.certificates import read_facts
from signing.errors import TrustStoreError
from signing.stamp_trial import StampTrial
from signing.trust import Anchor, Purpose, load_certificates
from wiring.trial import stamp_trials, surroundings

if TYPE_CHECKING:
    from wiring.bootstrap import Office


def add_anchors(
    by: Acting, file: Path, *, source: str, reason: str, purposes: frozenset[Purpose]
) -> list[str]:
    """Trusts the certificates of a file."""
    terms = AnchorTerms(source=source, reason=reason, purposes=purposes)
    settings = by.tables.settings
    made = add_trust_anchors(
        by.tables.database, settings.trust_folder, file, terms, at=by.at, actor=by.actor
    )
    return [f"Đã tin chứng thư gốc {one.name} ({one.sha256_hex[:16]})." for one in made]


def add_intermediates(by: Acting, files: Iterable[Path]) -> list[str]:
    """Keeps certificates that help to build chains; nobody trusts them by themselves."""
    folder = by.tables.settings.trust_folder / INTERMEDIATES
    lines = []
    for file in files:
        try:
            found = load_certificates(file)
        except TrustStoreError as err:
            raise WrongUsageError(f"Không đọc được chứng thư nào trong {file}.") from err
        for der in found:
            facts = read_facts(der)
            write_whole(folder / f"{facts.sha256_hex}.der", der)
            lines.append(f"Đã thêm chứng thư trung gian {facts.name}.")
    return lines


def remove_trial_anchors(by: Acting, reason: str) -> list[str]:
    """Trusts no trial authority any longer."""
    folder = by.tables.settings.trust_folder
    lines = []
    for one in read_trust(folder).anchors:
        if one.test_only:
            remove_trust_anchor(
                by.tables.database, folder, one.sha256_hex, reason, at=by.at, actor=by.actor
            )
            lines.append(f"Không tin chứng thư gốc thử nghiệm {_name(one)} nữa.")
    return lines or ["Không còn chứng thư gốc thử nghiệm nào."]


def anchor_lines(by: Acting) -> list[str]:
    """Lists the anchors: trial or real."""
    anchors = read_trust(by.tables.settings.trust_folder).anchors
    lines = [
        f"{one.sha256_hex[:16]}  {'thử nghiệm' if one.test_only else 'thật'}  {_name(one)}"
        for one in anchors
    ]
    if not lines:
        lines = ["Chưa tin chứng thư gốc nào: trinhky setup anchors TỆP --source … --reason …"]
    return [*lines, MIXED] if is_mixed(anchors) else lines


def _name(anchor: Anchor) -> str:
    return anchor.name or read_facts(anchor.der).name


def try_timestamps(
    office: "Office", actor: Actor, urls: Sequence[str] | None
) -> tuple[list[str], bool]:
    """Asks each service for a stamp. Returns lines, and whether all gave one.

    What the settings name is written down; other addresses are only tried, and the lines to set
    are told.
    """
    effective = office.settings.timestamps.addresses
    wanted = tuple(urls) if urls else effective
    if not wanted:
        return [
            "Chưa đặt địa chỉ nào. Thử một địa chỉ: trinhky setup timestamps --url ĐỊA_CHỈ"
        ], False  # fmt: skip
    trials = stamp_trials(office, wanted)
    lines = [_stamp_line(one) for one in trials]
    good = not any(one.problem for one in trials)
    if wanted == effective:
        note_stamps(office.database, trials, at=office.clock.now(), actor=actor)
        return [*lines, "Đây là các địa chỉ đang có hiệu lực; kết quả đã được ghi lại."], good
    if good:
        lines += ["Đặt các dòng sau trong thiết lập, khởi động lại, rồi chạy lại lệnh này:"]
        lines += timestamp_settings(wanted)
    return lines, good


def timestamp_settings(urls: Sequence[str]) -> list[str]:
    """Returns the lines of the environment that name these services in this order."""
    first, *others = urls
    more = [f"TRINHKY_TIMESTAMPS__URLS={','.join(others)}"] if others else []
    return [f"TRINHKY_TIMESTAMPS__URL={first}", *more]


def _stamp_line(trial: StampTrial) -> str:
    if trial.certificate is None:
        return f"{trial.url}: CHƯA ĐƯỢC: {trial.problem}"
    kind = "thử nghiệm" if trial.trial else "thật"
    facts = trial.certificate
    until = f"chứng thư đến {facts.not_after:%d/%m/%Y}"
    return f"{trial.url}: được, {kind}, {facts.name}, {until}"


def setting_lines(by: Acting) -> list[str]:
    """What the settings say of mail and revocation, and the lines that remain to be set."""
    settings = by.tables.settings
    with by.tables.database.reading() as session:
        found = {one.key: one for one in parts(session, surroundings(settings), at=by.at)}
        domain = office_facts(session).mail_domain
    mail, revocation = found["mail"], found["revocation"]
    server = f"{settings.mail.host}:{settings.mail.port} ({settings.mail.tls.value})"
    lines = [
        f"Máy chủ thư đang dùng: {server}.",
        f"{mail.title}: {PART_WORDS[mail.state]}; {mail.words}",
    ]
    if settings.mail.domain.casefold() != domain.casefold():
        lines += [
            "Đặt dòng sau trong thiết lập rồi khởi động lại:",
            f"TRINHKY_MAIL__DOMAIN={domain}",
        ]
    if mail.state is PartState.TRIAL:
        lines.append("Hộp thư của cơ quan ghi ở mục [office] của tệp dữ liệu: mailbox.")
    lines.append(f"{revocation.title}: {PART_WORDS[revocation.state]}; {revocation.words}")
    if not settings.revocation.hosts:
        lines.append("TRINHKY_REVOCATION__HOSTS=máy_chủ_1,máy_chủ_2  (không bắt buộc)")
    return lines


def leave_trial(by: Acting) -> list[str]:
    """Ends the trial, where every needed part is real."""
    ended = finish(by.tables.database, surroundings(by.tables.settings), at=by.at, actor=by.actor)
    lines = [f"Đã chấm dứt chứng thư thử nghiệm {one[:16]}." for one in ended]
    return [*lines, "Cơ quan không còn ở chế độ thử nghiệm. Khởi động lại các dịch vụ."]
