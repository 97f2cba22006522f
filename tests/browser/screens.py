"""Takes the pictures of `docs/screens` from a seeded office: `make screens`.

Each page is taken as the person sees it whose work it is, on a desk (1440 x 900) and, where people
use one, on a telephone (360 x 740). `docs/screens/README.md` is written beside them.
"""

import io
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, StorageState, sync_playwright

from actions.auditing import Actor
from actions.desk import Desk
from actions.working.keeping import begin, begin_copy, discard
from actions.working.sources import SourceFile, claim, keep_source, note_page
from actions.working.templates import save_template
from portal.app import make_app
from tests.browser.conftest import FLAGS
from tests.portal.seeded import PASSWORD, Seeded, report_units, seed_everything, seeded_office
from wiring.clock import sleep
from wiring.processes import any_port

DESK: Final = (1440, 900)
PHONE: Final = (360, 740)
COLOURS: Final = 128
"""A screen has few: a palette makes the pictures a third of their size."""

DRAFTER, REVIEWER, SIGNATORY = "nguyen-minh-an", "le-quang-vinh", "tran-trung-hieu"
CLERK, FOLLOW_UP, AUDITOR = "vo-thi-lan", "dang-van-phuc", "cao-duc-thanh"
OPERATOR, ADMINISTRATOR = "ho-sy-nam", "truong-my-linh"
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """One page; `{issued}` and the like stand for directives by state, `{link}` for a unit's."""

    name: str
    caption: str
    who: str
    path: str
    phone: bool = False


SHOTS: Final = (
    Shot("dang-nhap", "Đăng nhập", EVERYBODY, "/dang-nhap"),
    Shot("viec-cua-toi", "Việc của tôi: người ký", SIGNATORY, "/viec-cua-toi", phone=True),
    Shot("viec-cua-toi-van-thu", "Việc của tôi: văn thư", CLERK, "/viec-cua-toi"),
    Shot("van-ban", "Tìm và lọc văn bản", CLERK, "/van-ban", phone=True),
    Shot("soan", "Soạn văn bản mới", DRAFTER, "/soan", phone=True),
    Shot("soan-thao", "Trang soạn thảo", DRAFTER, "{draft}", phone=True),
    Shot("chon-don-vi", "Chọn đơn vị nhận", DRAFTER, "{draft}/don-vi?cho=l.0"),
    Shot("soan-tu-tep", "Soạn từ tệp có sẵn", DRAFTER, "/soan/tep"),
    Shot("doc-tep", "Tệp đang được đọc", DRAFTER, "/soan/doc/{source}", phone=True),
    Shot("mau-van-ban", "Một mẫu của cơ quan", DRAFTER, "/soan/mau/{template}", phone=True),
    Shot("du-thao", "Một dự thảo trước khi trình", DRAFTER, "/van-ban/{drafting}"),
    Shot("tham-dinh", "Thẩm định", REVIEWER, "/van-ban/{in_review}"),
    Shot("phe-duyet", "Phê duyệt", SIGNATORY, "/van-ban/{waiting_approval}", phone=True),
    Shot("ky-so", "Trước khi ký số", SIGNATORY, "/van-ban/{numbered}/ky", phone=True),
    Shot("dong-dau", "Đóng dấu của cơ quan", CLERK, "/van-ban/{signed}/dong-dau"),
    Shot(
        "truoc-phat-hanh",
        "Trước khi phát hành: từng dòng nơi nhận",
        CLERK,
        "/van-ban/{sealed}/phat-hanh",
        phone=True,
    ),
    Shot("phat-hanh", "Phát hành: mỗi đơn vị một dòng", CLERK, "/phat-hanh/{issued}", phone=True),
    Shot(
        "tien-trinh",
        "Một văn bản đã phát hành: các bước, nhật ký còn nguyên",
        CLERK,
        "/van-ban/{issued}",
        phone=True,
    ),
    Shot(
        "chung-cu",
        "Chứng cứ: từng chữ ký, hồ sơ tải về",
        AUDITOR,
        "/van-ban/{issued}?the=chung-cu",
        phone=True,
    ),
    Shot("so-van-ban", "Sổ văn bản", CLERK, "/so-van-ban", phone=True),
    Shot("theo-doi", "Theo dõi thực hiện", FOLLOW_UP, "/theo-doi"),
    Shot("theo-doi-don-vi", "Theo dõi theo đơn vị", FOLLOW_UP, "/theo-doi/cac-don-vi?ky=2022"),
    Shot("theo-doi-han", "Theo dõi theo thời hạn", FOLLOW_UP, "/theo-doi/theo-han"),
    Shot("bieu-do", "Biểu đồ báo cáo", FOLLOW_UP, "/theo-doi/bieu-do?ky=2022"),
    Shot("theo-doi-van-ban", "Theo dõi một văn bản", FOLLOW_UP, "/theo-doi/{issued}"),
    Shot("don-doc", "Thang đôn đốc", FOLLOW_UP, "/don-doc"),
    Shot("van-ban-den", "Văn bản đến", CLERK, "/van-ban-den"),
    Shot("don-vi", "Trang của đơn vị nhận", EVERYBODY, "{link}", phone=True),
    Shot("kiem-tra", "Kiểm tra chữ ký", EVERYBODY, "/kiem-tra-chu-ky", phone=True),
    Shot("that", "Văn bản này có thật không", EVERYBODY, "/that", phone=True),
    Shot("tai-khoan", "Tài khoản của tôi", SIGNATORY, "/tai-khoan"),
    Shot("lich-lam-viec", "Lịch làm việc", ADMINISTRATOR, "/lich-lam-viec"),
    Shot("thong-bao", "Thông báo", SIGNATORY, "/thong-bao", phone=True),
    Shot("quan-tri", "Quản trị: việc cần chú ý", ADMINISTRATOR, "/quan-tri", phone=True),
    Shot("quan-tri-tai-khoan", "Quản trị: tài khoản", ADMINISTRATOR, "/quan-tri/tai-khoan"),
    Shot(
        "quan-tri-chung-thu",
        "Quản trị: chứng thư",
        ADMINISTRATOR,
        "/quan-tri/chung-thu",
        phone=True,
    ),
    Shot(
        "quan-tri-tin-cay",
        "Quản trị: chứng thư gốc tin cậy",
        ADMINISTRATOR,
        "/quan-tri/tin-cay",
        phone=True,
    ),
    Shot(
        "quan-tri-thiet-lap",
        "Quản trị: thiết lập",
        ADMINISTRATOR,
        "/quan-tri/thiet-lap",
        phone=True,
    ),
    Shot(
        "quan-tri-du-lieu",
        "Quản trị: dữ liệu cơ quan",
        ADMINISTRATOR,
        "/quan-tri/du-lieu",
        phone=True,
    ),
    Shot(
        "quan-tri-vang-mat",
        "Quản trị: ghi vắng mặt và người thay",
        ADMINISTRATOR,
        "/quan-tri/vang-mat?officer=tran-trung-hieu",
        phone=True,
    ),
    Shot("quan-tri-don-vi", "Quản trị: đơn vị", ADMINISTRATOR, "/quan-tri/don-vi", phone=True),
    Shot(
        "quan-tri-chuc-vu",
        "Quản trị: chức vụ, quyền ký của một cán bộ",
        ADMINISTRATOR,
        "/quan-tri/can-bo/tran-trung-hieu/du-lieu",
    ),
    Shot(
        "quan-tri-chu-ky-tay",
        "Quản trị: ảnh chữ ký tay",
        ADMINISTRATOR,
        "/quan-tri/chu-ky-tay/tran-trung-hieu",
        phone=True,
    ),
    Shot("quan-tri-day-so", "Quản trị: dãy số", ADMINISTRATOR, "/quan-tri/day-so"),
    Shot("nhat-ky", "Nhật ký", AUDITOR, "/quan-tri/nhat-ky"),
    Shot("van-hanh", "Vận hành", OPERATOR, "/van-hanh"),
)


@contextmanager
def served(seeded: Seeded) -> Iterator[str]:
    """The address at which the portal answers."""
    port = any_port()
    app = make_app(seeded.office, nudge=seeded.machine)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def places(seeded: Seeded) -> dict[str, str]:
    """What stands for the names in the paths of the shots."""
    issued = seeded.by_state["issued"]
    desk, drafter = seeded.office.desk, seeded.actor(DRAFTER)
    draft = begin(desk, drafter, "Kế hoạch")
    earlier = begin_copy(desk, drafter, issued)
    template = save_template(desk, drafter, earlier, "Hướng dẫn tuyên truyền kế hoạch của Tỉnh ủy")
    discard(desk, drafter, earlier)
    return {
        "draft": f"/soan/{draft}",
        "source": str(half_read(desk, drafter)),
        "template": str(template),
        **{state: str(key) for state, key in seeded.by_state.items()},
        "link": seeded.link(report_units(seeded, issued)[2], issued),
    }


def half_read(desk: Desk, drafter: Actor) -> UUID:
    """A scan that is being read; nobody here goes on with it."""
    scan = SourceFile(name="Bản quét hướng dẫn.pdf", content=b"%PDF-1.7" + b"0" * 2_400_000)
    key = keep_source(desk, drafter, scan)
    held = claim(desk)
    if held is not None:
        note_page(desk, held, 5, 12)
    return key


def take(browser: Browser, url: str, shot: Shot, path: str, size: tuple[int, int]) -> bytes:
    """The page as PNG.

    Raises:
        SystemExit: The page is not there for this person.
    """
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN",
        storage_state=signed_in(browser, url, shot.who) if shot.who else None,
    )  # fmt: skip
    page = context.new_page()
    answer = page.goto(url + path)
    if answer is None or not answer.ok:
        sys.exit(f"{shot.name}: {path} answers {answer.status if answer else 'nothing'}")
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    return picture


@cache
def signed_in(browser: Browser, url: str, who: str) -> StorageState:
    """Signs somebody in, once: an address may not try too often."""
    context = browser.new_context(locale="vi-VN")
    page = context.new_page()
    page.goto(url + "/dang-nhap")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.click("text=Đăng nhập >> nth=-1")
    page.wait_for_url("**/viec-cua-toi")
    state = context.storage_state()
    context.close()
    return state


def save(picture: bytes, target: Path) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS).save(target, optimize=True)


def main(folder: Path) -> None:
    """Writes all pictures and their page anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    lines = ["# Màn hình", "", "Dữ liệu là của cơ quan chạy thử; `make screens` chụp lại.", ""]
    with tempfile.TemporaryDirectory() as office, seeded_office(Path(office)) as seeded:
        seed_everything(seeded)
        known = places(seeded)
        with served(seeded) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=[*FLAGS, "--lang=vi-VN"]
            )
            for shot in SHOTS:
                path = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], shot.path)
                lines += [f"## {shot.caption}", "", f"![{shot.caption}]({shot.name}.png)", ""]
                save(take(browser, url, shot, path, DESK), folder / f"{shot.name}.png")
                if shot.phone:
                    name = f"{shot.name}-dien-thoai.png"
                    lines += [f"![{shot.caption}, điện thoại]({name})", ""]
                    save(take(browser, url, shot, path, PHONE), folder / name)
            browser.close()
    (folder / "README.md").write_text("\n".join(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
