import pytest
from msgspec.structs import replace

from chalicelib.domain.content import Content
from chalicelib.domain.digest import MOST_ENTRIES, DigestKey, DigestWindow, WindowMode, digest_id
from chalicelib.domain.errors import BusyError, InvalidIdError, NotFoundError
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, RequestId, TenantId
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.digest_request import TEMPLATE
from chalicelib.services.ports import StaleVersionError
from tests.build import ACME, NOW, a_recipient
from tests.collecting import ANN, CATEGORY, KEY, LENGTH, RULE, Collecting, id_of, later
from tests.saying import a_version
from tests.twin import TwinCancelledGroups, TwinDigestWindows, TwinStates

DUE = Due(tenant=ACME, kind=DueKind.DIGEST, id=KEY.id)
A, B, C = id_of("a"), id_of("b"), id_of("c")


def test_what_is_collected_goes_out_in_one_notification_when_the_window_closes() -> None:
    all_ = Collecting()
    for offset, name in enumerate("abc"):
        all_.clock.now = later(offset * 10_000)
        assert all_.joined(name, content=Content(subject=f"Subject {name}", body="Body")).digest == A
    assert all_.timers.scheduled == [(DUE, NOW + LENGTH)]
    assert all_.told == []

    all_.wait()

    (digest,) = all_.told
    assert digest.id == digest_id(ACME, A)
    assert digest.digest_of == (A, B, C)
    assert digest.content.subject == "3 updates: marketing"
    assert digest.content.body == "- Subject a\n- Subject b\n- Subject c"
    assert (digest.tenant, digest.category, digest.channels) == (ACME, CATEGORY, (Channel.EMAIL,))
    assert (digest.priority, digest.strategy, digest.sent_by) == (Priority.MEDIUM, Strategy.BROADCAST, "digest")
    assert (str(digest.request_id), digest.accepted_at) == (digest.id, later(LENGTH))
    assert (digest.recipient, digest.expires_at) == (ANN, None)


def test_a_window_that_slid_closes_later() -> None:
    all_ = Collecting(rule=replace(RULE, mode=WindowMode.SLIDING))
    all_.joined("a")
    all_.clock.advance(30_000)
    all_.joined("b")
    all_.clock.advance(30_000)
    all_.close()
    assert all_.told == []
    assert (DUE, NOW + 90_000) in all_.timers.scheduled
    all_.wait()
    assert (all_.news, all_.clock()) == ([(A, B)], NOW + 90_000)


def test_what_comes_after_a_window_closed_opens_the_next() -> None:
    all_ = Collecting()
    all_.joined("a")
    all_.wait()
    all_.joined("b")
    all_.wait()
    assert all_.news == [(A,), (B,)]


def test_one_that_joins_again_is_where_it_was_before_and_after_the_window_closed() -> None:
    all_ = Collecting()
    all_.joined("a")
    stale = all_.rows.states[ACME, all_.decided("b", accepted_at=later(1))]
    request = all_.rows.requests[ACME, B]
    for _ in range(2):
        assert all_.digests().join(request, stale, RULE, NOW).digest == A
    for name in "cd":
        all_.wait()
        all_.joined(name)
        assert all_.digests().join(request, stale, RULE, NOW).digest == A
    all_.wait()
    assert all_.news == [(A, B), (C,), (id_of("d"),)]


def test_categories_and_recipients_are_collected_apart() -> None:
    all_ = Collecting()
    all_.joined("a")
    all_.join(all_.decided("b", category="news"))
    all_.wait()
    assert sorted(all_.news) == sorted([(A,), (B,)])


@pytest.mark.parametrize("mark", ["cancel", "read", "archive", "delete", "acknowledge"])
def test_what_was_cancelled_or_seen_in_the_inbox_is_not_told(mark: str) -> None:
    all_ = Collecting()
    all_.joined("a")
    all_.joined("b")
    states = TwinStates(all_.rows)
    if mark == "cancel":
        states.cancel(all_.ref(A), NOW)
    else:
        getattr(states, mark)(all_.ref(A), ANN, NOW)
    all_.wait()
    assert all_.news == [(B,)]


@pytest.mark.parametrize(("kind", "told"), [("key", [(B,)]), ("batch", [(B,)]), ("other", [(A, B)])])
def test_what_a_groups_tombstone_covers_is_not_told(kind: str, told: list[tuple[NotificationId, ...]]) -> None:
    all_ = Collecting()
    all_.joined("a", cancellation_key="k", batch=RequestId("r"))
    all_.joined("b", cancellation_key="k", accepted_at=later(1))
    groups = {"key": CancelGroup("key", "k"), "batch": CancelGroup("batch", "r"), "other": CancelGroup("key", "r")}
    TwinCancelledGroups(all_.rows).cancel(ACME, groups[kind], NOW, 0)
    all_.wait()
    assert all_.news == told


def test_what_expired_meanwhile_is_not_told_and_a_digest_lives_as_long_as_its_last() -> None:
    all_ = Collecting()
    for name, expires in (("a", later(LENGTH)), ("b", later(LENGTH + 1)), ("c", later(LENGTH + 2))):
        all_.joined(name, expires_at=expires)
    all_.wait()
    assert all_.news == [(B, C)]
    assert all_.told[0].expires_at == later(LENGTH + 2)


def test_a_digest_lives_on_where_one_of_its_notifications_does() -> None:
    all_ = Collecting()
    all_.joined("a", expires_at=later(2 * LENGTH))
    all_.joined("b")
    all_.wait()
    assert (all_.news, all_.told[0].expires_at) == ([(A, B)], None)


def test_where_nothing_is_left_to_tell_nothing_is_sent() -> None:
    all_ = Collecting()
    all_.joined("a")
    TwinStates(all_.rows).cancel(all_.ref(A), NOW)
    all_.wait()
    assert all_.told == []
    assert all_.window.entries == all_.window.sealed == ()


def test_it_goes_to_the_newest_recipient_on_the_channels_that_its_notifications_wanted() -> None:
    all_ = Collecting()
    all_.joined("b", Channel.PUSH, accepted_at=later(1), recipient=a_recipient(email=None, locale="fr"))
    all_.joined("a", Channel.EMAIL, recipient=a_recipient(device_tokens=(), locale="en"))
    all_.wait()
    assert all_.news == [(A, B)]
    assert all_.told[0].channels == (Channel.EMAIL, Channel.PUSH)
    assert all_.told[0].recipient == a_recipient(locale="fr")


def test_without_its_rule_a_digest_is_told_as_promised_and_what_comes_late_at_once() -> None:
    all_ = Collecting()
    all_.joined("a")
    all_.rule = None
    all_.clock.advance(30_000)
    all_.joined("b")
    all_.wait()
    assert (all_.news, all_.clock()) == ([(A, B)], NOW + LENGTH)
    all_.joined("c")
    all_.wait()
    assert (all_.news, all_.clock()) == ([(A, B), (C,)], NOW + LENGTH)


def test_the_101st_closes_the_window_at_once_and_opens_another() -> None:
    all_ = Collecting()
    ids = [all_.decided(str(number), accepted_at=later(number)) for number in range(MOST_ENTRIES + 2)]
    for id in ids:
        all_.join(id)
    assert all_.timers.scheduled == [(DUE, NOW + LENGTH), (DUE, NOW)]
    for due in all_.timers.come_due(all_.clock()):
        all_.digests().close(due.tenant, due.id, all_.clock())
    assert all_.news == [tuple(ids[:MOST_ENTRIES])]
    all_.wait()
    assert all_.news[1:] == [tuple(ids[MOST_ENTRIES:])]


def test_when_a_window_fills_while_another_is_sealed_that_one_is_told_first() -> None:
    all_ = Collecting()
    ids = [all_.decided(str(number), accepted_at=later(number)) for number in range(2 * MOST_ENTRIES + 1)]
    for id in ids:
        all_.join(id)
    assert all_.news == [tuple(ids[:MOST_ENTRIES])]
    assert (all_.window.sealed, all_.window.entries) == (tuple(ids[MOST_ENTRIES:-1]), (ids[-1],))
    all_.wait()
    assert sum(map(len, all_.news)) == len(ids)


@pytest.mark.parametrize(("needed", "version"), [(["category", "count", "items"], 3), (["name"], None), ([], 3)])
def test_it_is_filled_from_the_tenants_template_if_that_takes_what_there_is_to_tell(
    needed: list[str], version: int | None
) -> None:
    all_ = Collecting()
    all_.templates.add(ACME, a_version(3, key=TEMPLATE, schema={"required": needed}))
    all_.joined("a", content=Content(subject="Sale", body="Body"))
    all_.wait()
    (digest,) = all_.told
    assert (digest.template and digest.template.version) == version
    assert digest.content.subject == ("1 update: marketing" if version is None else None)
    if digest.template is not None:
        assert digest.template.data["items"] == [{"title": "Sale", "url": "", "type": ""}]


def test_a_timer_that_finds_nothing_does_nothing() -> None:
    all_ = Collecting()
    all_.close()
    assert (all_.told, all_.timers.scheduled, all_.rows.windows) == ([], [], {})


def test_a_digest_that_has_no_such_id_or_tenant_is_not_found() -> None:
    all_ = Collecting()
    all_.joined("a")
    with pytest.raises(InvalidIdError):
        all_.digests().close(ACME, "nonsense", NOW)
    all_.rows.tenants.clear()
    with pytest.raises(NotFoundError):
        all_.digests().close(ACME, KEY.id, later(LENGTH))
    all_.digests().close(TenantId("eve"), KEY.id, later(LENGTH))
    assert all_.window.entries == (A,)


class Contested(TwinDigestWindows):
    """Digest windows that somebody else always changes first."""

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        raise StaleVersionError


def test_whoever_never_gets_through_says_so() -> None:
    all_ = Collecting()
    all_.joined("a")
    id = all_.decided("b")
    all_.clock.advance(LENGTH)

    def contested(port: object) -> object:
        return Contested(all_.rows) if isinstance(port, TwinDigestWindows) else port

    with pytest.raises(BusyError):
        all_.join(id, contested)
    with pytest.raises(BusyError):
        all_.close(contested)


class Unanswered(TwinDigestWindows):
    """Digest windows each put of which takes effect, gets no answer, is repeated and meets itself."""

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        super().put(tenant, key, window, ttl)
        raise StaleVersionError


def test_whose_own_change_got_no_answer_goes_on_from_it() -> None:
    all_ = Collecting()

    def unanswered(port: object) -> object:
        return Unanswered(all_.rows) if isinstance(port, TwinDigestWindows) else port

    for name in "ab":
        all_.join(all_.decided(name, accepted_at=later(ord(name))), unanswered)
    all_.clock.advance(LENGTH)
    all_.close(unanswered)
    assert (all_.news, all_.window.version) == ([(A, B)], 4)
