"""The bell and the page of notices: what is new, each a way to where one acts, by web and API."""

from sqlalchemy import select

from models.base import DirectiveId
from models.officer_notice import OfficerNotice
from tests.portal.browsing import Browsing, live_of, words_of
from tests.portal.programs import ask, new_key
from tests.portal.seeded import PEOPLE

PATH = "/thong-bao"
WHO = PEOPLE.content_reviewer


def latest(browsing: Browsing, key: DirectiveId, officer: str = WHO) -> int:
    with browsing.seeded.office.database.reading() as session:
        return session.scalars(
            select(OfficerNotice.id).where(
                OfficerNotice.officer_id == officer, OfficerNotice.subject_id == key
            )
        ).one()


def bell(browsing: Browsing) -> int:
    browsing.sign_in(WHO)
    told = browsing.get("/song").json()["bell"]
    assert (str(told["count"]) in told["words"]) is bool(told["count"])
    return int(told["count"])


def test_the_bell_counts_what_is_new_and_each_notice_leads_to_where_one_acts(
    browsing: Browsing,
) -> None:
    before = bell(browsing)
    address, mark = live_of(browsing.get(PATH).text)
    key = browsing.seeded.submitted("Báo cho <b>người</b> kiểm tra")
    told = browsing.get(f"{address}&dau={mark}").json()
    assert (told["changed"], told["bell"]["count"]) == (True, before + 1)
    page = browsing.get(PATH)
    assert f'aria-label="Thông báo: {before + 1} mới"' in page.text
    assert "Dự thảo chờ kiểm tra nội dung." in words_of(page)
    assert "Báo cho &lt;b&gt;người&lt;/b&gt; kiểm tra" in page.text
    number = latest(browsing, key)
    opened = browsing.post(f"{PATH}/{number}/mo")
    assert opened.headers["location"] == f"/van-ban/{key}"
    assert bell(browsing) == before
    other = browsing.seeded.submitted("Đọc mà không mở")
    assert browsing.post(f"{PATH}/{latest(browsing, other)}/doc").headers["location"] == PATH
    assert bell(browsing) == before
    third = browsing.seeded.submitted("Đánh dấu tất cả")
    seen = browsing.get(PATH).text.partition('name="until" value="')[2].partition('"')[0]
    assert browsing.post(f"{PATH}/doc-het", until=seen).status_code == 303
    assert bell(browsing) == 0
    assert "Không có thông báo mới." in browsing.get(f"{PATH}?loc=moi").text
    # A page that shows nothing which moves keeps its bell right all the same.
    assert live_of(browsing.get("/tai-khoan").text)[0] == "/song?trang=trang"
    assert third != other


def test_nobody_reads_or_marks_the_notices_of_another(browsing: Browsing) -> None:
    number = latest(browsing, browsing.seeded.submitted("Chỉ của người kiểm tra"))
    browsing.sign_in(PEOPLE.clerk)
    for path in (f"{PATH}/{number}/mo", f"{PATH}/{number}/doc", f"{PATH}/0/doc",
                 f"{PATH}/99999999999999999999/mo"):  # fmt: skip
        assert browsing.post(path).status_code == 404, path
    assert browsing.post(f"{PATH}/x/mo").status_code == 404
    assert browsing.get(f"{PATH}?sau=hong").headers["location"] == PATH
    assert ask(browsing, PEOPLE.clerk, "POST", f"/notices/{number}/read", {}).status_code == 404
    mine = ask(browsing, WHO, "GET", "/notices?only_new=true&limit=1").json()
    assert [one["id"] for one in mine["items"]] == [number]


def test_a_program_reads_and_marks_its_officers_notices(browsing: Browsing) -> None:
    keys = [str(browsing.seeded.submitted(f"Thông báo {n}")) for n in range(2)]
    first = ask(browsing, WHO, "GET", "/notices?limit=1").json()
    second = ask(browsing, WHO, "GET", f"/notices?limit=1&after={first['next']}").json()
    shown = [one["directive_id"] for page in (first, second) for one in page["items"]]
    assert sorted(shown) == sorted(keys)
    (one,) = first["items"]
    assert (one["kind"], one["path"]) == ("check_content", f"/van-ban/{one['directive_id']}")
    path = f"/notices/{one['id']}/read"
    assert ask(browsing, WHO, "POST", path, key=new_key()).json() == {"deeds": []}
    again = ask(browsing, WHO, "GET", "/notices?limit=1").json()["items"][0]
    assert again["read_at"] is not None
    until = {"up_to": one["at"]}
    assert ask(browsing, WHO, "POST", "/notices/read", until, key=new_key()).status_code == 200
    assert ask(browsing, WHO, "GET", "/notices?only_new=true").json()["items"] == []
    assert ask(browsing, WHO, "GET", "/notices?after=x").status_code == 422


def test_each_chooses_how_letters_come(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.form_reviewer)
    page = browsing.get("/tai-khoan").text
    assert 'value="daily" checked' in page
    chosen = browsing.post("/tai-khoan/thong-bao", mail="never")
    assert chosen.headers["location"] == "/tai-khoan?xong=thong-bao"
    assert 'value="never" checked' in browsing.get("/tai-khoan").text
    assert browsing.post("/tai-khoan/thong-bao", mail="hourly").status_code == 422
    assert 'value="never" checked' in browsing.get("/tai-khoan").text
    browsing.post("/tai-khoan/thong-bao", mail="daily")
