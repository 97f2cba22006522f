"""What the verdict on a unit's report rested on is kept, and gives the same verdict again."""

import hashlib

from models.base import DirectiveId
from signing.records.replay import Outcome, replay
from tests.portal.browsing import Browsing, token_in
from tests.portal.seeded import report_units
from wiring.keeping import archived_records


def test_what_the_verdict_on_a_report_rested_on_is_kept_and_replayed(
    browsing: Browsing, issued: DirectiveId
) -> None:
    office = browsing.seeded.office
    unit = report_units(browsing.seeded, issued)[11]
    link = browsing.seeded.link(unit, issued)
    content = browsing.seeded.report(unit)
    sent = browsing.client.post(
        f"{link}/bao-cao",
        data={"csrf": token_in(browsing.get(link))},
        files={"file": ("bc.pdf", content, "application/pdf")},
    )
    assert sent.status_code == 303
    digest = hashlib.sha256(content).hexdigest()
    kept = [
        one for one in archived_records(office.settings.archive_folder) if one.names()[0] == digest
    ]
    assert kept
    outcomes = {replay(one, content, office.sandbox.verify).outcome for one in kept}
    assert outcomes == {Outcome.SAME}
