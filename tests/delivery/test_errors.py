"""Every error of this room tells a person what to do, with the other side's own words."""

import pytest

from delivery.errors import (
    ChannelError,
    DeliveryError,
    EnvelopeError,
    InboxUnavailableError,
    PermanentDeliveryError,
    TransientDeliveryError,
    UnknownOutcomeError,
)


@pytest.mark.parametrize(
    "kind", [ChannelError, TransientDeliveryError, PermanentDeliveryError, UnknownOutcomeError]
)
def test_a_channels_error_holds_and_says_the_other_sides_words(kind: type[ChannelError]) -> None:
    error = kind(
        channel="smtp",
        recipient="a@b.example",
        reply_code="550",
        enhanced_code="5.1.1",
        reply_text="no such user",
    )
    assert "550 5.1.1 no such user" in error.diagnosis()
    assert "a@b.example" in error.diagnosis()
    assert "550 5.1.1 no such user" in str(error)


def test_codes_are_distinct_and_every_error_has_advice() -> None:
    kinds: list[type[DeliveryError]] = [
        EnvelopeError,
        InboxUnavailableError,
        ChannelError,
        TransientDeliveryError,
        PermanentDeliveryError,
        UnknownOutcomeError,
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
    errors: list[DeliveryError] = [EnvelopeError("subject", "x"), InboxUnavailableError("x")]
    assert all("đề nghị" in error.diagnosis() for error in errors)
