"""How a person of a role acts in a browser: by what is written on buttons, links and fields."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Visitor
from tests.portal.seeded import PIN

DESK, PHONE = (1280, 800), (360, 740)
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
Entering = Callable[..., Visitor]


@contextmanager
def entrance(browser: Browser, url: str) -> Iterator[Entering]:
    """Opens a browser for one person, once; nothing may complain in any of them."""
    there: dict[str, Visitor] = {}

    def enter(who: str, *, phone: bool = False, signs_in: bool = True) -> Visitor:
        if who not in there:
            width, height = PHONE if phone else DESK
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN"
            )
            there[who] = Visitor(context.new_page(), url)
            if signs_in:
                there[who].sign_in(who)
        return there[who]

    yield enter
    for one in there.values():
        one.page.context.close()
        assert one.complaints == []


def press(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("button", name=name, exact=True).first.click()


def go(visitor: Visitor, name: str) -> None:
    visitor.page.get_by_role("link", name=name).first.click()


def says(visitor: Visitor, words: str) -> None:
    expect(visitor.page.get_by_role("main")).to_contain_text(words)
    # Waits, for a page may be on its way to the next one.
    visitor.page.wait_for_function(FITS)


def next_work(visitor: Visitor, subject: str, button: str) -> None:
    """Takes a paper up from "Việc của tôi"."""
    visitor.open("/")
    row = visitor.page.locator("li.row", has_text=subject).filter(
        has=visitor.page.get_by_role("link", name=button, exact=True)
    )
    row.get_by_role("link", name=button, exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(subject)


def passes(person: Visitor, subject: str, work: str, button: str, then: str) -> None:
    next_work(person, subject, work)
    press(person, button)
    person.agree()
    says(person, then)


def types_pin(person: Visitor, subject: str, work: str, label: str, then: str) -> None:
    next_work(person, subject, work)
    person.page.get_by_label(label).fill(PIN)
    press(person, "Ký số" if work == "Xem và ký" else work)
    says(person, then)


def takes_first_password(person: Visitor, username: str, first: str, own: str) -> None:
    """Signs in with what an administrator has set, and chooses a password of one's own."""
    person.open("/")
    person.page.get_by_label("Tên đăng nhập").fill(username)
    person.page.get_by_label("Mật khẩu", exact=True).fill(first)
    press(person, "Đăng nhập")
    person.page.get_by_label("Mật khẩu hiện tại").fill(first)
    for label in ("Mật khẩu mới", "Nhập lại mật khẩu mới"):
        person.page.get_by_label(label, exact=True).fill(own)
    press(person, "Đổi mật khẩu")
    says(person, "Đã đổi mật khẩu.")


def gets_account(admin: Visitor, name: str, password: str) -> tuple[str, str]:
    """An administrator opens an account on the list of officers; returns its name and password."""
    go(admin, "Quản trị")
    go(admin, "Mở: Cán bộ và tài khoản")
    go(admin, name)
    username = admin.page.get_by_label("Tên đăng nhập").input_value()
    admin.page.get_by_label(re.compile("^Mật khẩu của")).first.fill(password)
    press(admin, "Mở tài khoản")
    shown = admin.page.get_by_role("status", name="Mật khẩu tạm").locator("output")
    return username, shown.inner_text()


def bell(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("link", name=re.compile("thông báo", re.IGNORECASE)).first


def unread(visitor: Visitor) -> int:
    words = bell(visitor).inner_text().strip()
    return int(words) if words else 0
