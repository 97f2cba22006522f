"""Takes in what came to the office's mailbox: reports, bounces, requests for more time."""

import logging
import secrets
from collections import Counter
from typing import Final

from prefect import flow, get_run_logger, task

from actions import receiving, receiving_edxml
from actions.desk import Desk
from delivery.inbox import IncomingMail
from flows._office import start_sending, this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, is_transient, worth_retrying

LOG = logging.getLogger(__name__)
MOST_IN_A_ROW: Final = 3
"""So many mails that fail one after the other, each worth another try, end the round."""
CANNOT: Final = (
    "Hệ thống không tự xử lý được thư này; thư được giữ nguyên trong kho. Người theo dõi đọc thư "
    "và xử lý; nếu cần, báo người vận hành mã tra cứu {reference}."
)


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def receive_all() -> dict[str, int]:
    """Takes in each mail once; a mail leaves the inbox only after it was recorded.

    One that cannot be taken in is put before a person, and the others go on. One whose turn another
    try may help stays in the inbox; where several in a row do, something of ours is not to be had.
    """
    office = this_office()
    counts: Counter[str] = Counter()
    failed: Exception | None = None
    in_a_row = 0
    with office.inbox() as inbox:
        for mail in inbox.fetch():
            try:
                counts[str(_receive_one(office.desk, mail))] += 1
            except Exception as err:  # noqa: BLE001 (said at the end: one mail must not stop the others)
                failed, in_a_row = failed or err, in_a_row + 1
                if in_a_row == MOST_IN_A_ROW:
                    break
                continue
            in_a_row = 0
            inbox.done(mail)
    if failed is not None:
        raise failed
    return dict(counts)


def _receive_one(desk: Desk, mail: IncomingMail) -> receiving.ReceivedAs:
    """Takes one mail in, or puts it before a person.

    Raises:
        Exception: another try may help, or it could not even be written down.
    """
    try:
        return receiving.receive(desk, mail)
    except Exception as err:
        if is_transient(err):
            raise
        reference = secrets.token_hex(4).upper()
        LOG.exception("reference %s: a mail cannot be taken in", reference)
        receiving.lay_before_person(desk, mail, reason=CANNOT.format(reference=reference))
        return receiving.ReceivedAs.UNMATCHED


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def receive_edxml() -> dict[str, int]:
    """Takes in each message of QCVN 102 once; it leaves the folder after it was recorded."""
    office = this_office()
    inbox, counts = office.edxml_inbox(), Counter[str]()
    failed: Exception | None = None
    for message in inbox.fetch():
        try:
            taken = receiving_edxml.receive_edxml(
                office.desk, message.raw, channel="edxml_folder", sender=message.sender,
                too_large=message.too_large,
            )  # fmt: skip
            counts[str(taken.as_)] += 1
            inbox.done(message)
        except Exception as err:  # noqa: BLE001 (said at the end: one sender must not stop the others)
            failed = failed or err
    if failed is not None:
        raise failed
    return dict(counts)


@recorded
@flow(
    name="receive-messages",
    description="Nhận thư đến, văn bản điện tử đến: báo cáo, thư trả lại, trạng thái.",
)
def receive_messages() -> dict[str, int]:
    """Takes in everything; returns how many mails were taken as what."""
    counts = dict(Counter(receive_all()) + Counter(receive_edxml()))
    if counts:
        # Answers to what came in may wait in the outbox.
        start_sending()
    get_run_logger().info("Đã nhận: %s", counts or "không có thư mới")
    return counts
