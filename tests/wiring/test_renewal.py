"""What makes stored documents due: terms from the settings, anchors as they are trusted today."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from signing.anchors import add_anchor, read_anchors, remove_anchor
from signing.trust import Anchor
from wiring.bootstrap import make_services
from wiring.clock import SystemClock
from wiring.demo_pki.build import build_demo_pki
from wiring.renewal import terms_of, trust_mark
from wiring.settings import Settings, load_settings


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    from signing.trust import load_certificates  # noqa: PLC0415 (slow to load, for one test)

    return load_certificates(build_demo_pki(tmp_path_factory.mktemp("pki"), []).root)[0]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"TRINHKY_FOLDER": str(tmp_path)})


def test_the_mark_changes_with_anchors_and_with_their_terms(
    settings: Settings, root: bytes
) -> None:
    folder = settings.trust_folder
    marks = [trust_mark(settings)]
    add_anchor(folder, Anchor(der=root, name="Gốc"))
    marks.append(trust_mark(settings))
    (anchor,) = read_anchors(folder)
    add_anchor(folder, replace(anchor, until=date(2030, 1, 1)))
    marks.append(trust_mark(settings))
    assert len(set(marks)) == len(marks)
    add_anchor(folder, replace(anchor, until=date(2030, 1, 1), name="Tên khác"))
    assert trust_mark(settings) == marks[-1]
    remove_anchor(folder, anchor.sha256_hex)
    assert trust_mark(settings) == marks[0]


def test_the_terms_are_those_of_the_settings(tmp_path: Path) -> None:
    given = {
        "TRINHKY_FOLDER": str(tmp_path),
        "TRINHKY_RENEWAL__DAYS_BEFORE": "30",
        "TRINHKY_RENEWAL__EVERY_DAYS": "7",
        "TRINHKY_RENEWAL__BATCH": "20",
    }
    settings = load_settings(given)
    terms = terms_of(settings)
    assert (terms.days_before, terms.every_days, terms.batch) == (30, 7, 20)
    assert terms.trust == trust_mark(settings)


def test_time_stamping_services_are_asked_in_the_order_of_the_settings_each_once(
    tmp_path: Path,
) -> None:
    settings = load_settings(
        {
            "TRINHKY_FOLDER": str(tmp_path),
            "TRINHKY_TIMESTAMPS__URL": "http://one.example/tsa",
            "TRINHKY_TIMESTAMPS__URLS": "http://two.example/, http://one.example/tsa,",
            "TRINHKY_TIMESTAMPS__AT_MOST": "2",
            "TRINHKY_TIMESTAMPS__TRIES": "5",
        }
    )
    services = make_services(settings, SystemClock())
    assert [one.url for one in services.timestamps] == [
        "http://one.example/tsa",
        "http://two.example/",
    ]
    assert [one.title for one in services.timestamps] == ["one.example", "two.example"]
    assert {(one.at_most, one.tries, one.timeout_s) for one in services.timestamps} == {(2, 5, 180)}
    assert services.slots == settings.slots_folder
