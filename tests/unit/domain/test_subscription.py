"""Whose e-mails of what: which subscriptions can be ended, and what ending one leaves as it was."""

import pytest

from chalicelib.domain.preferences import Preferences
from chalicelib.domain.subscription import Subscription, can_be_ended, without
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel
from tests.build import ACME, a_request, a_tenant


@pytest.mark.parametrize(
    ("category", "can"),
    [("marketing", True), ("system", True), ("alert", True), ("transactional", False), ("legal", False)],
)
def test_what_somebody_must_get_cannot_be_ended(category: str, *, can: bool) -> None:
    tenant = a_tenant(settings=TenantSettings(mandatory_categories=("legal",)))
    assert can_be_ended(category, tenant) is can


def test_a_message_is_part_of_its_recipients_subscription_to_its_category() -> None:
    request = a_request(category="marketing")
    who = request.recipient
    assert Subscription.of(request) == Subscription(ACME, who.user_type, who.user_id, "marketing")


def test_ending_turns_one_category_off_on_one_channel() -> None:
    chosen = Preferences(
        channels={Channel.SMS: False},
        categories={"marketing": {Channel.EMAIL: True, Channel.PUSH: True}, "news": {Channel.EMAIL: True}},
        types={"order.shipped": False},
        version=7,
    )
    after = without("marketing", chosen)
    assert after.categories == {
        "marketing": {Channel.EMAIL: False, Channel.PUSH: True},
        "news": {Channel.EMAIL: True},
    }
    assert (after.channels, after.types, after.version) == (chosen.channels, chosen.types, 7)


def test_ending_again_changes_nothing() -> None:
    ended = without("marketing", Preferences())
    assert without("marketing", ended) == ended
