"""What people choose, on the deployed stack: it holds for the very next send, and for nobody else."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import Herald, User

pytestmark = pytest.mark.stack

ME = "/api/v1/users/me"
CHANNELS = ["email", "push", "in_app"]


def outcomes(herald: Herald, user: User) -> dict[str, tuple[str, str | None]]:
    """Return status and reason of each delivery of a send to a user."""
    deliveries = herald.settled(herald.send(user, channels=CHANNELS)).deliveries
    return {delivery.channel: (delivery.status.value, delivery.error) for delivery in deliveries}


def test_a_push_goes_to_a_registered_device_and_nothing_to_a_channel_that_is_off(herald: Herald, user: User) -> None:
    assert user.api.call("POST", f"{ME}/devices", {"token": f"phone-{user.user_id}"}).status == 201
    assert user.api.call("PUT", f"{ME}/preferences/email", {"enabled": False}).status == 200

    found = outcomes(herald, user)

    assert found == {
        "email": ("suppressed", "preference_off"),
        "push": ("sent", None),
        "in_app": ("delivered", None),
    }
    assert len(herald.stack.sandbox.records("fcm", contains=f"phone-{user.user_id}", accepted=True)) == 1


def test_nobody_is_disturbed_who_does_not_want_to_be(herald: Herald, user: User) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    chosen = user.api.call("PUT", f"{ME}/preferences", {"doNotDisturbUntil": until, "timeZone": "Asia/Kathmandu"})

    id = herald.send(user, expiresAt=(datetime.now(UTC) + timedelta(hours=1)).isoformat())

    assert chosen.body["version"] == 1
    assert herald.delivery(id).error == "expired"
    assert herald.arrived(user) == 0


def test_other_peoples_preferences_are_not_found(herald: Herald, user: User) -> None:
    stranger = herald.new_user()
    user.api.call("PUT", f"{ME}/preferences/sms", {"enabled": False})

    for id in (user.user_id, stranger.user_id, "nobody"):
        for method, body in (("GET", None), ("PUT", {})):
            answer = stranger.api.call(method, f"/api/v1/users/{id}/preferences", body)
            assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert stranger.api.call("GET", f"{ME}/preferences").body["channels"] == {}
    assert user.api.call("GET", f"{ME}/preferences").body["channels"] == {"sms": False}


def test_topics_are_joined_and_left(user: User) -> None:
    assert user.api.call("PUT", f"{ME}/topics/news").status == 201
    assert [topic["topic"] for topic in user.api.call("GET", f"{ME}/topics").body["items"]] == ["news"]
    assert user.api.call("DELETE", f"{ME}/topics/news").status == 204
    assert user.api.call("GET", f"{ME}/topics/news").status == 404
