"""Notifications that are filled from templates: accepted, delivered, shown and told in digests."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import SmsMessage, UnshapeableError
from chalicelib.domain.content import NO_CONTENT, Content
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import InvalidInputError, TemplateNotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.template import TemplateUse
from chalicelib.domain.words import Channel, Priority, Reason
from chalicelib.services.order import Filling, Order
from chalicelib.services.say import Say
from tests.build import ACME, ID, NOW, a_recipient, a_request, a_tenant
from tests.saying import GREETING, PlaceRendering, a_version, say_from
from tests.world import OWNER, REF, World

USE = TemplateUse(key=GREETING, version=1, data={"name": "Ann"})


@pytest.fixture
def world() -> World:
    world = World()
    world.templates.add(ACME, a_version())
    return world


def an_order(data: dict[str, Any] | None = None, **changes: Any) -> Order:
    filling = Filling(key=GREETING, data={"name": "Ann"} if data is None else data)
    known: dict[str, Any] = {"tenant": ACME, "recipients": (a_recipient(),), "priority": Priority.MEDIUM}
    return Order(**known | {"template": filling} | changes)


def test_what_a_send_leaves_open_is_the_templates(world: World) -> None:
    _, (request,) = world.accept().prepare(an_order(), sent_by="service:shop", now=NOW)

    assert request.template == USE
    assert request.content == Content(body="")
    assert (request.category, request.type) == ("marketing", "user.greeted")
    assert request.channels == (Channel.SMS, Channel.IN_APP)


def test_what_a_send_says_itself_wins(world: World) -> None:
    order = an_order(category="system", type="own", channels=(Channel.EMAIL,))

    _, (request,) = world.accept().prepare(order, sent_by="service:shop", now=NOW)

    assert (request.category, request.type, request.channels) == ("system", "own", (Channel.EMAIL,))


def test_a_send_is_pinned_to_the_version_that_was_published(world: World) -> None:
    _, (before,) = world.accept().prepare(an_order(), sent_by="service:shop", now=NOW)
    world.templates.add(ACME, a_version(2))

    _, (after,) = world.accept().prepare(an_order(), sent_by="service:shop", now=NOW)

    assert [request.template and request.template.version for request in (before, after)] == [1, 2]


@pytest.mark.parametrize("tenant", [ACME, TenantId("globex")])
def test_without_a_template_of_its_own_nothing_is_stored(tenant: TenantId) -> None:
    world = World()
    world.templates.add(TenantId("other"), a_version())
    world.store.tenants.create(a_tenant(id=TenantId("globex")))

    with pytest.raises(TemplateNotFoundError) as raised:
        world.accept()(an_order(tenant=tenant), sent_by="service:shop", now=NOW)

    assert [fault.pointer for fault in raised.value.faults] == ["/template/key"]
    assert world.rows.requests == {}


def test_data_that_the_template_cannot_do_without_is_asked_for_before_anything_is_stored(world: World) -> None:
    with pytest.raises(InvalidInputError) as raised:
        world.accept()(an_order(data={}), sent_by="service:shop", now=NOW)

    assert [(fault.pointer, fault.code) for fault in raised.value.faults] == [("/template/data/name", "required")]
    assert world.rows.requests == {}


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("fr-CA", "Acme: bienvenue, Ann"),
        ("en", "Acme: welcome, Ann"),
        ("sw", "Acme: welcome, Ann"),
        (None, "Acme: welcome, Ann"),
    ],
)
def test_a_delivery_speaks_the_recipients_language(world: World, locale: str | None, said: str) -> None:
    request = a_request(template=USE)

    filled = say_from(world.templates)(request, Channel.SMS, a_recipient(locale=locale), a_tenant(name="Acme"))

    assert filled.content.body == said


def test_a_message_goes_out_as_its_template_says(world: World) -> None:
    world.decided(template=USE, channels=(Channel.SMS,))

    world.deliver()(REF, Channel.SMS)

    assert [message.text for _, message in world.vendor.calls if isinstance(message, SmsMessage)] == [
        "Acme: welcome, Ann"
    ]


@pytest.mark.parametrize(
    "use",
    [replace(USE, data={}), replace(USE, version=7)],
    ids=["its data does not do", "its version is gone"],
)
def test_a_template_that_cannot_be_filled_ends_that_delivery_alone(world: World, use: TemplateUse) -> None:
    world.decided(template=use, channels=(Channel.SMS, Channel.IN_APP))

    world.deliver()(REF, Channel.SMS)

    sms = world.state.deliveries[Channel.SMS]
    assert (sms.status, sms.reason, sms.attempts) == (DeliveryStatus.FAILED, Reason.TEMPLATE_ERROR, ())
    assert world.vendor.calls == []
    assert world.state.deliveries[Channel.IN_APP].status is DeliveryStatus.QUEUED


def test_the_inbox_shows_what_the_template_says(world: World) -> None:
    world.decided(template=USE, channels=(Channel.IN_APP,))

    assert world.inbox().get(OWNER, ID).request.content.body == "Welcome, Ann!"


def test_an_inbox_outlives_a_template_that_cannot_be_filled(world: World) -> None:
    world.decided(content=NO_CONTENT, template=replace(USE, data={}), channels=(Channel.IN_APP,))

    shown = world.inbox().get(OWNER, ID)

    assert shown.request.content.body == ""


def test_a_request_without_a_template_is_said_as_it_is(world: World) -> None:
    request = a_request(content=Content(body="As it is"))

    assert say_from(world.templates)(request, Channel.SMS, a_recipient(), a_tenant()) is request


def test_what_cannot_be_filled_has_no_shape(world: World) -> None:
    with pytest.raises(UnshapeableError, match="template_error"):
        say_from(world.templates)(a_request(template=replace(USE, data={})), Channel.SMS, a_recipient(), a_tenant())


@pytest.mark.parametrize(("channel", "known"), [(Channel.EMAIL, "https://out/acme"), (Channel.SMS, None)])
def test_a_mail_knows_where_its_recipient_ends_mails_of_its_kind(
    world: World, channel: Channel, known: str | None
) -> None:
    heard: list[str | None] = []

    class Listening(PlaceRendering):
        def fill(self, *said: Any) -> Content:
            heard.append(said[-1].unsubscribe_url)
            return super().fill(*said)

    say = Say(world.templates, Listening, lambda request, tenant: f"https://out/{tenant.id}")
    say(a_request(template=USE), channel, a_recipient(), a_tenant())

    assert heard == [known]
