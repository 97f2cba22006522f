"""A small right office file, for tests that make it wrong; and certificates made on the spot."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

OFFICE = """[office]
organisation = "ban"
mailbox = "ban@ban.example"
test_only = true

[[organisation]]
id = "tinh-uy"
name = "Tỉnh ủy Thử nghiệm"
regime = "party"
valid_from = 2020-10-17

[[organisation]]
id = "ban"
name = "Ban Thử nghiệm"
regime = "party"
parent = "tinh-uy"
valid_from = 2020-10-17

[[organisation]]
id = "huyen-a"
name = "Huyện ủy A"
regime = "party"
address = "huyen-a@donvi.example"
valid_from = 2020-10-17

[[organisation]]
id = "huyen-b"
name = "Huyện ủy B"
regime = "party"
valid_from = 2020-10-17

[[organisation]]
id = "so-tt"
name = "Sở Thông tin và Truyền thông"
regime = "state"
parent = "tinh-uy"
valid_from = 2020-10-17
valid_to = 2025-02-28
successors = [{ organisation = "so-kh", since = 2025-03-01 }]

[[organisation]]
id = "so-kh"
name = "Sở Khoa học và Công nghệ"
regime = "state"
valid_from = 2020-10-17

[[group]]
id = "huyen"
name = "Các huyện ủy"
members = [
  { organisations = ["huyen-a", "huyen-b"], valid_from = 2020-10-17 },
  { organisations = ["so-tt"], valid_from = 2020-10-17, valid_to = 2021-12-31 },
]

[[officer]]
id = "hieu"
name = "Trần Văn Hiếu"
email = "hieu@ban.example"
left_on = 2025-06-30
posts = [
  { organisation = "ban", title = "Phó ban", roles = ["signatory", "drafter"], valid_from = 2020-10-17 },
]

[[authority]]
id = "ky-thay"
officer = "hieu"
organisation = "ban"
capacity = "KT"
on_behalf_of = "Trưởng ban"
position = "Phó Trưởng ban"
lines = ["K/T TRƯỞNG BAN"]
valid_from = 2020-10-17

[[series]]
id = "hd"
organisation = "ban"
regime = "party"
doc_type = "Hướng dẫn"
period_from = 2020-10-17
stands_at = 95

[[day_off]]
day = 2022-09-01
to = 2022-09-01
label = "Quốc khánh"

[[working_saturday]]
day = 2022-09-10
label = "Làm bù"

[[ladder]]
key = "before_3"
working_days = -3
audience = "unit"
wording = "reminder"

"""  # noqa: E501 (a line of TOML)


def write_certificate(path: Path, name: str, *, pem: bool) -> bytes:
    """Writes a certificate that signs itself; returns its DER. The key is thrown away."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2022, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(Encoding.PEM if pem else Encoding.DER))
    return made.public_bytes(Encoding.DER)
