"""Ending a subscription: once, whatever else is chosen at the same time, and only where it may be."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from chalicelib.auth.unsubscribe_tokens import UnsubscribeTokens
from chalicelib.domain.errors import BusyError, NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.subscription import Subscription
from chalicelib.domain.tenant import TenantSettings, TenantStatus
from chalicelib.domain.words import Channel
from chalicelib.services.unsubscribe import TRIES, MandatoryCategoryError, Unsubscribe
from chalicelib.services.unsubscribe_links import UnsubscribeLinks
from tests.build import ACME, a_request, a_tenant
from tests.twin import Rows, TwinPreferences, TwinTenants

ANN = (ACME, UserType("customer"), UserId("u1"))
MARKETING = Subscription(*ANN, "marketing")
OFF = {"marketing": {Channel.EMAIL: False}}


@dataclass
class Disturbed(TwinPreferences):
    """Preferences that somebody else changes right before they are put, some times."""

    times: int = 0

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        if self.times > 0:
            self.times -= 1
            found = self.get(tenant, user_type, user_id)
            types = {**found.types, f"type-{found.version}": False}
            self.rows.preferences[tenant, user_type, user_id] = replace(found, types=types, version=found.version + 1)
        return super().put(tenant, user_type, user_id, preferences)


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    TwinTenants(rows).create(a_tenant(settings=TenantSettings(mandatory_categories=("legal",))))
    return rows


def use_case(rows: Rows) -> Unsubscribe:
    return Unsubscribe(TwinPreferences(rows), TwinTenants(rows))


def test_the_emails_of_the_category_are_off(rows: Rows) -> None:
    assert use_case(rows)(MARKETING) == rows.tenants[ACME]
    assert rows.preferences[ANN].categories == OFF


def test_twice_is_as_good_as_once(rows: Rows) -> None:
    use_case(rows)(MARKETING)
    use_case(rows)(MARKETING)
    assert rows.preferences[ANN] == Preferences(categories=OFF, version=1)


def test_looking_changes_nothing(rows: Rows) -> None:
    assert use_case(rows).look(MARKETING) == rows.tenants[ACME]
    assert rows.preferences == {}


def test_what_is_chosen_at_the_same_time_is_kept(rows: Rows) -> None:
    preferences = Disturbed(rows, times=TRIES - 1)
    Unsubscribe(preferences, TwinTenants(rows))(MARKETING)
    found = rows.preferences[ANN]
    assert found.categories == OFF
    assert found.types == {f"type-{version}": False for version in range(TRIES - 1)}


def test_who_never_gets_a_turn_gives_up(rows: Rows) -> None:
    with pytest.raises(BusyError):
        Unsubscribe(Disturbed(rows, times=TRIES), TwinTenants(rows))(MARKETING)


@pytest.mark.parametrize("category", ["transactional", "legal"])
def test_what_must_be_sent_stays_on(rows: Rows, category: str) -> None:
    for attempt in (use_case(rows), use_case(rows).look):
        with pytest.raises(MandatoryCategoryError):
            attempt(Subscription(*ANN, category))
    assert rows.preferences == {}


def test_of_a_tenant_that_is_gone_there_is_nothing_to_end(rows: Rows) -> None:
    with pytest.raises(NotFoundError):
        use_case(rows)(Subscription(TenantId("gone"), *ANN[1:], "marketing"))


def test_a_suspended_tenants_recipients_can_unsubscribe(rows: Rows) -> None:
    rows.tenants[ACME] = replace(rows.tenants[ACME], status=TenantStatus.SUSPENDED)
    use_case(rows)(MARKETING)
    assert rows.preferences[ANN].categories == OFF


@pytest.mark.parametrize("base", ["https://herald.example.com/api", "https://herald.example.com/api/"])
def test_a_link_leads_to_the_page_of_the_messages_subscription(rows: Rows, base: str) -> None:
    tokens = UnsubscribeTokens(b"secret")
    link = UnsubscribeLinks(base, tokens.sign)(a_request(category="marketing"), rows.tenants[ACME])
    assert link is not None
    beginning, _, token = link.rpartition("/")
    assert beginning == "https://herald.example.com/api/unsubscribe"
    assert tokens.read(token) == MARKETING


@pytest.mark.parametrize("category", ["transactional", "legal"])
def test_where_there_is_no_way_out_there_is_no_link(rows: Rows, category: str) -> None:
    links = UnsubscribeLinks("https://herald.example.com", UnsubscribeTokens(b"secret").sign)
    assert links(a_request(category=category), rows.tenants[ACME]) is None
