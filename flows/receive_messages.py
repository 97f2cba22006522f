"""Takes in what came to the office's mailbox: reports, bounces, requests for more time."""

from collections import Counter

from prefect import flow, get_run_logger, task

from actions import receiving, receiving_edxml
from flows._office import start_sending, this_office
from flows._recording import recorded
from flows._retries import PAUSES_S, RETRIES, worth_retrying


@task(retries=RETRIES, retry_delay_seconds=PAUSES_S, retry_condition_fn=worth_retrying)
def receive_all() -> dict[str, int]:
    """Takes in each mail once; a mail leaves the inbox only after it was recorded."""
    office = this_office()
    counts: Counter[str] = Counter()
    with office.inbox() as inbox:
        for mail in inbox.fetch():
            counts[str(receiving.receive(office.desk, mail))] += 1
            inbox.done(mail)
    return dict(counts)


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
