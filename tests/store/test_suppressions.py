"""The suppression list: an address is found however it is written, and listed once."""

from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Page
from tests.build import ACME, NOW
from tests.store.stores import Store


def listed(address: str, channel: Channel = Channel.EMAIL, note: str | None = None) -> Suppression:
    return Suppression(channel=channel, address=address, reason=SuppressionReason.BOUNCE, created_at=NOW, note=note)


def test_an_address_is_found_as_it_was_put(store: Store) -> None:
    store.suppressions.put(ACME, listed("ann@example.com", note="550 no such user"))
    assert store.suppressions.get(ACME, Channel.EMAIL, "ann@example.com") == listed(
        "ann@example.com", note="550 no such user"
    )
    assert store.suppressions.get(ACME, Channel.EMAIL, "bob@example.com") is None


def test_an_e_mail_address_is_found_in_any_letter_case(store: Store) -> None:
    store.suppressions.put(ACME, listed("ann@example.com"))
    assert store.suppressions.get(ACME, Channel.EMAIL, " Ann@Example.COM ") == listed("ann@example.com")


def test_a_channels_list_is_its_own(store: Store) -> None:
    store.suppressions.put(ACME, listed("+14155550100", Channel.SMS))
    assert store.suppressions.get(ACME, Channel.EMAIL, "+14155550100") is None
    assert store.suppressions.list(ACME, Channel.EMAIL, 10, None) == Page(())
    assert store.suppressions.list(ACME, Channel.SMS, 10, None) == Page((listed("+14155550100", Channel.SMS),))


def test_putting_an_address_again_replaces_what_is_said_of_it(store: Store) -> None:
    store.suppressions.put(ACME, listed("ann@example.com"))
    complaint = Suppression(
        channel=Channel.EMAIL,
        address="ann@example.com",
        reason=SuppressionReason.COMPLAINT,
        created_at=Millis(NOW + 1),
    )
    store.suppressions.put(ACME, complaint)
    assert store.suppressions.list(ACME, Channel.EMAIL, 10, None) == Page((complaint,))


def test_an_address_is_taken_off_once(store: Store) -> None:
    store.suppressions.put(ACME, listed("ann@example.com"))
    assert store.suppressions.delete(ACME, Channel.EMAIL, "ann@example.com")
    assert not store.suppressions.delete(ACME, Channel.EMAIL, "ann@example.com")
    assert store.suppressions.get(ACME, Channel.EMAIL, "ann@example.com") is None


def test_pages_hold_every_address_once(store: Store) -> None:
    addresses = {f"user-{number}@example.com" for number in range(60)}
    for address in addresses:
        store.suppressions.put(ACME, listed(address))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = store.suppressions.list(ACME, Channel.EMAIL, 7, after)
        seen += [found.address for found in page.items]
        if page.next is None:
            break
        assert len(page.items) == 7
        after = page.next
    assert len(seen) == 60
    assert set(seen) == addresses


def test_what_comes_onto_the_list_between_pages_hides_nothing(store: Store) -> None:
    before = {f"user-{number}@example.com" for number in range(20)}
    for address in before:
        store.suppressions.put(ACME, listed(address))
    first = store.suppressions.list(ACME, Channel.EMAIL, 10, None)
    for number in range(20, 40):
        store.suppressions.put(ACME, listed(f"user-{number}@example.com"))
    rest = store.suppressions.list(ACME, Channel.EMAIL, 100, first.next)
    seen = [found.address for found in first.items + rest.items]
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
