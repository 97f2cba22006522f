"""What was found as a table to take away: CSV and XLSX, whole or not at all."""

from typing import Final

from sqlalchemy.orm import aliased

from actions.boards.sheets import MOST_ROWS, Table, too_long
from actions.listing.sight import Reader
from actions.ordering import state_words
from actions.searching.finding import Filters, query_of
from models.directive import Directive
from models.officer import Officer

HEADER: Final = (
    "Số, ký hiệu", "Ngày", "Tên loại", "Trích yếu", "Trạng thái", "Độ khẩn", "Người soạn",
    "Người ký", "Mã",
)  # fmt: skip


def found_table(reader: Reader, filters: Filters) -> Table:
    """Returns everything that the filters let through, in the order of the list.

    Raises:
        InvalidInputError: there is too much; half of it would be taken for the whole.
    """
    drafter, signatory = aliased(Officer), aliased(Officer)
    query = (
        query_of(reader, filters)
        .add_columns(drafter.name, signatory.name)
        .join(drafter, drafter.id == Directive.drafter_id)
        .outerjoin(signatory, signatory.id == Directive.signatory_id)
        .order_by(Directive.updated_at.desc(), Directive.id.desc())
        .limit(MOST_ROWS + 1)
    )
    rows = tuple(
        (
            one.number_text or "", one.issue_date or "", one.doc_type, one.subject,
            state_words(one), one.urgency or "", drafted_by, signed_by or "", str(one.id),
        )
        for one, drafted_by, signed_by in reader.session.execute(query)
    )  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise too_long(MOST_ROWS)
    return Table(name="van-ban", header=HEADER, rows=rows)
