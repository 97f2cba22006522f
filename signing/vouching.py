"""A certificate's chain by the library, with every certificate's revocation known and good."""

from __future__ import annotations

from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator import errors as faults
from pyhanko_certvalidator.path import ValidationPath

from signing.errors import EvidenceUnavailableError, KeyRefusedError


async def validated(
    validator: CertificateValidator,
    key_usage: frozenset[str] = frozenset(),
    *,
    extended_key_usage: frozenset[str] | None = None,
) -> ValidationPath:
    """The chain, as the validator's context asks for it.

    Args:
        validator: Of one certificate.
        key_usage: What the certificate must permit.
        extended_key_usage: Likewise; None: whatever it says.

    Raises:
        EvidenceUnavailableError: A revocation service gave no usable answer.
        KeyRefusedError: The chain does not hold.
    """
    try:
        path: ValidationPath = await validator.async_validate_usage(  # type: ignore[no-untyped-call]  # no types there
            set(key_usage),
            extended_key_usage=set(extended_key_usage) if extended_key_usage is not None else None,
        )
    except faults.RevokedError as err:
        sentence = (
            f"Chứng thư đã bị thu hồi ngày {err.revocation_dt:%d/%m/%Y}. "
            "Việc cần làm: dùng chứng thư khác."
        )
        raise KeyRefusedError("revoked", sentence) from err
    except faults.ExpiredError as err:
        raise KeyRefusedError(
            "expired", "Chứng thư đã hết hạn. Việc cần làm: xin cấp lại chứng thư."
        ) from err
    except faults.InsufficientRevinfoError as err:
        raise EvidenceUnavailableError(str(err)) from err
    except faults.InvalidCertificateError as err:
        sentence = "Chứng thư này không được cấp để ký văn bản. Việc cần làm: chọn chứng thư ký số."
        raise KeyRefusedError("wrong_usage", sentence) from err
    except (faults.PathError, faults.ValidationError) as err:
        sentence = (
            "Chứng thư không dẫn tới cơ quan chứng thực được tin cậy. "
            "Việc cần làm: chọn chứng thư khác hoặc báo người vận hành."
        )
        raise KeyRefusedError("untrusted", sentence) from err
    return path
