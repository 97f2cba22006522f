"""Pairs this machine with a portal, tells with which, and ends it."""

import typer

from cli.agent.errors import AgentRefusedError, PortalUnclearError
from cli.agent.home import Home, KeyPlace, Pairing
from cli.agent.journal import Journal
from cli.agent.line import Line
from cli.agent.secured import checked_address, checked_pin
from cli.agent.showing import Screen
from cli.visible import visible


def pair(home: Home, portal: str, *, pin: str | None, unencrypted: bool) -> None:
    """Asks for a name and the code, and keeps what the portal gives for it.

    Raises:
        PortalAddressError: no address, or one that is not protected.
        PortalRefusedError: the code is not good.
    """
    address, pinned = checked_address(portal, unencrypted=unencrypted), checked_pin(pin)
    screen = Screen()
    screen.say(f"Ghép nối máy này với {address}")
    label = str(typer.prompt("Đặt tên cho máy này (ví dụ: Máy phòng làm việc)")).strip()
    code = str(typer.prompt("Mã ghép nối trên trang “Máy ký của tôi”")).strip()
    with Line(address, pin=pinned) as line:
        told = line.ask("POST", "/pairing", {"code": code, "label": label}, again=False)
    try:
        pairing = Pairing(
            portal=address,
            token=str(told["token"]),
            device=str(told["device"]),
            officer=visible(str(told["officer"])),
            office=visible(str(told["office"])),
            label=label,
            pin=pinned,
            key=_known_key(home),
        )
    except KeyError as err:
        raise PortalUnclearError("ghép nối") from err
    home.keep_pairing(pairing)
    screen.say(f"Đã ghép nối với {pairing.office}, cho {pairing.officer}.", "bold")
    screen.say("Xem việc đang chờ: trinhky agent list")


def _known_key(home: Home) -> KeyPlace:
    """Where the key lay under an earlier pairing."""
    try:
        return home.pairing().key
    except AgentRefusedError:
        return KeyPlace()


def tell(home: Home) -> None:
    """With whom this machine is paired, and what is still on its way."""
    pairing = home.pairing()
    screen = Screen()
    key = pairing.key
    screen.facts(
        [
            ("Cổng thông tin", pairing.portal),
            ("Cơ quan", pairing.office),
            ("Người ký", pairing.officer),
            ("Tên máy", pairing.label),
            ("Khoá công khai đã ghim", pairing.pin or "không"),
            ("Khoá ký dùng gần nhất", key.p12 or key.module or "chưa có"),
            ("Thư mục", str(home.folder)),
        ]
    )
    for entry in Journal(home, pairing.portal).unsent():
        screen.warn(f"{entry.title}: đã ký, chưa gửi được. Gửi: trinhky agent sign {entry.title}")


def unpair(home: Home) -> None:
    """Ends this machine at the portal and forgets the portal here, whether it answers or not."""
    pairing = home.pairing()
    screen = Screen()
    try:
        with Line.of(pairing) as line:
            line.ask("DELETE", "/pairing")
        screen.say("Đã ngừng máy này trên cổng thông tin.")
    except AgentRefusedError as err:
        screen.warn(err.diagnosis())
        screen.warn("Việc cần làm: ngừng máy này ở trang “Máy ký của tôi”.")
    home.forget()
    screen.say("Đã xoá mã truy cập khỏi máy này.")
