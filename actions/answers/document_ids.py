"""The DocumentId under which other offices know a directive of ours."""

from sqlalchemy.orm import Session

from models.directive import Directive
from models.organisation import Organisation


def document_id(session: Session, directive: Directive) -> str:
    """Returns `OrganId,yyyy/MM/dd,number/symbol,<identifier>`; others compare it, as we do theirs.

    The number alone would not do: the Party's runs per term (QĐ 28/2018 Đ10.2 asks for agency,
    year and number), so our own identifier stands at the end.
    """
    issuer = session.get_one(Organisation, directive.organisation_id)
    day = f"{directive.issue_date:%Y/%m/%d}" if directive.issue_date else ""
    organ = issuer.agency_id or issuer.id
    return f"{organ},{day},{directive.number_text or ''},{directive.id}"
