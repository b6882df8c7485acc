"""The table when AWS is slow, busy, or does not answer."""

import os

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus
from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import NotificationId, ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.state import DeliveryChange
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, RefusedChangeError
from chalicelib.store import access_patterns as keys
from chalicelib.store.providers import ProviderRows
from chalicelib.store.recipients import RecipientRows
from chalicelib.store.states import StateRows
from chalicelib.store.table import CONFLICTS, Raw, Table
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_state
from tests.functional.store.wire import events_of, first_answer_lost, refused, requests_of

REF = NotificationRef(ACME, ID)
EMAIL = Channel.EMAIL
LEASE = Millis(NOW + 26_000)
BUSY = "TransactionConflictException"
FAILED = "ConditionalCheckFailedException"
CANCELLED = "TransactionCanceledException"


def test_a_claim_whose_answer_got_lost_is_known_again(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), 0)
    with first_answer_lost(table, "UpdateItem"):
        claimed = states.claim(REF, EMAIL, NOW, LEASE)
    assert claimed.deliveries[EMAIL].attempt == 1
    assert claimed == states.get(ACME, ID)


def test_a_lease_of_the_same_end_is_not_taken_for_ones_own(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), 0)
    states.claim(REF, EMAIL, NOW, LEASE)
    with first_answer_lost(table, "UpdateItem"), pytest.raises(RefusedChangeError):
        states.claim(REF, EMAIL, NOW, LEASE)


def test_the_token_goes_with_the_lease(table: Table) -> None:
    states = StateRows(table, bytes)
    states.put(a_state(), 0)
    states.claim(REF, EMAIL, NOW, LEASE)
    states.change(REF, EMAIL, DeliveryChange(attempt=1, status=DeliveryStatus.UNKNOWN, at=NOW))
    with pytest.raises(RefusedChangeError):
        states.claim(REF, EMAIL, NOW, LEASE)


def test_a_result_whose_answer_got_lost_is_known_again(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), 0)
    states.claim(REF, EMAIL, NOW, LEASE)
    record = Attempt(number=1, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.ACCEPTED, vendor_id="v")
    with first_answer_lost(table, "UpdateItem"):
        sent = states.change(REF, EMAIL, DeliveryChange(attempt=1, status=DeliveryStatus.SENT, at=NOW, record=record))
    assert sent.deliveries[EMAIL].attempts == (record,)
    assert sent == states.get(ACME, ID)


def test_an_update_whose_answer_got_lost_is_known_again(table: Table) -> None:
    providers = ProviderRows(table)
    provider = ProviderConfig(id=ProviderId("p"), channel=EMAIL, vendor="smtp")
    providers.create(ACME, provider)
    with first_answer_lost(table, "PutItem"):
        updated = providers.update(ACME, provider)
    assert updated.version == 2
    assert providers.get(ACME, provider.id) == updated


def test_what_is_created_and_deleted_goes_under_a_token_by_which_a_repetition_is_known(table: Table) -> None:
    """Emulators do not look at the token; the table remembers it for ten minutes."""
    providers, recipients = ProviderRows(table), RecipientRows(table)
    recipients.put(ACME, a_recipient())
    with requests_of(table) as made:
        providers.create(ACME, ProviderConfig(id=ProviderId("p"), channel=EMAIL, vendor="smtp"))
        assert providers.delete(ACME, ProviderId("p"))
        assert recipients.delete(ACME, a_recipient().user_type, a_recipient().user_id)
    assert all(len(request["TransactItems"]) == 1 and request["ClientRequestToken"] for request in made)
    assert len(made) == 3


def test_a_first_state_whose_answer_got_lost_is_known_again(table: Table) -> None:
    with first_answer_lost(table, "PutItem"):
        assert StateRows(table, os.urandom).put(a_state(), 0) == a_state()


def test_keys_that_were_left_out_are_asked_for_again(table: Table) -> None:
    states = StateRows(table, os.urandom)
    stored = [a_state(id=NotificationId(f"01890a5d-ac96-774b-bcce-{number:012d}")) for number in range(5)]
    for state in stored:
        states.put(state, 0)

    def answer_one(parsed: Raw, **_: object) -> None:
        found = parsed["Responses"][table.name]
        left = [{"PK": item["PK"], "SK": item["SK"]} for item in found[1:]]
        parsed["Responses"][table.name] = found[:1]
        parsed["UnprocessedKeys"] = {table.name: {"Keys": left}} if left else {}

    events_of(table).register("after-call.dynamodb.BatchGetItem", answer_one)
    assert states.get_many(ACME, [state.id for state in stored]) == {state.id: state for state in stored}


def test_keys_that_are_left_out_for_good_are_not_waited_for_for_ever(table: Table) -> None:
    states = StateRows(table, os.urandom)

    def answer_none(parsed: Raw, **_: object) -> None:
        parsed["UnprocessedKeys"] = {table.name: {"Keys": [{"PK": {"S": "T#acme#N#x"}, "SK": {"S": "N"}}]}}

    events_of(table).register("after-call.dynamodb.BatchGetItem", answer_none)
    with pytest.raises(BusyError):
        states.get_many(ACME, [ID])


def test_an_update_that_meets_a_transaction_is_tried_again(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), 0)
    with refused(table, "UpdateItem", CONFLICTS - 1, BUSY):
        assert states.claim(REF, EMAIL, NOW, LEASE).version == 2


def test_an_update_that_meets_transactions_for_ever_gives_up(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state(), 0)
    with refused(table, "UpdateItem", CONFLICTS, BUSY), pytest.raises(BusyError):
        states.claim(REF, EMAIL, NOW, LEASE)


def test_a_transaction_that_meets_another_is_tried_again(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}), 0)
    with refused(table, "TransactWriteItems", CONFLICTS - 1, CANCELLED, "TransactionConflict", "None"):
        assert states.read(REF, a_recipient(), NOW).read_at == NOW


def test_a_transaction_that_is_tried_again_is_another_transaction(table: Table) -> None:
    """DynamoDB answers a token it knows with what it answered before."""
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}), 0)
    with requests_of(table) as made, refused(table, "TransactWriteItems", 1, CANCELLED, "TransactionConflict", "None"):
        states.read(REF, a_recipient(), NOW)
    tokens = [request["ClientRequestToken"] for request in made if "TransactItems" in request]
    assert len(set(tokens)) == len(tokens) == 2


def test_a_transaction_that_meets_others_for_ever_gives_up(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}), 0)
    with (
        refused(table, "TransactWriteItems", CONFLICTS, CANCELLED, "TransactionConflict", "None"),
        pytest.raises(BusyError),
    ):
        states.read(REF, a_recipient(), NOW)


def test_a_change_that_others_always_overtake_gives_up(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}), 0)
    with (
        refused(table, "TransactWriteItems", 100, CANCELLED, "ConditionalCheckFailed", "None"),
        pytest.raises(BusyError),
    ):
        states.read(REF, a_recipient(), NOW)


def test_a_mark_that_others_always_move_is_given_up(table: Table) -> None:
    states = StateRows(table, os.urandom)
    states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}), 0)
    with (
        refused(table, "TransactWriteItems", 100, CANCELLED, "ConditionalCheckFailed", "None"),
        pytest.raises(BusyError),
    ):
        states.deliver_in_app(REF, NOW)


def test_a_recipient_that_others_always_change_is_given_up(table: Table) -> None:
    recipients, ann = RecipientRows(table), a_recipient()
    recipients.put(ACME, ann)
    with refused(table, "PutItem", 100, FAILED), pytest.raises(BusyError):
        recipients.remove_device_tokens(ACME, ann.user_type, ann.user_id, ["token-1"])


def test_what_aws_refuses_for_another_reason_is_not_hidden(table: Table) -> None:
    with refused(table, "PutItem", 1, "ValidationException"), pytest.raises(ClientError, match="ValidationException"):
        StateRows(table, os.urandom).put(a_state(), 0)


def test_a_query_goes_on_to_the_last_page(table: Table) -> None:
    providers = ProviderRows(table)
    for number in range(5):
        providers.create(ACME, ProviderConfig(id=ProviderId(f"p{number}"), channel=EMAIL, vendor="smtp"))
    with requests_of(table) as made:
        rows = list(table.query(keys.all_providers(ACME), page=2))
    assert [row["SK"]["S"] for row in rows] == [f"PROVIDER#p{number}" for number in range(5)]
    assert len(made) == 3
