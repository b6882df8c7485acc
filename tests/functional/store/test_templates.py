"""Templates on the table: what a save and a look-up cost, answers that got lost, and versions seen half."""

import pytest

from chalicelib.domain.template import Locale, Part
from chalicelib.services.ports import StaleVersionError
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import LocalizationItem
from chalicelib.store.table import Table
from chalicelib.store.templates import TemplateRows
from tests.build import ACME
from tests.functional.store.wire import first_answer_lost, requests_of, scan
from tests.store.test_templates import ORDER, a_template, a_version


def test_a_save_is_one_transaction_under_a_token(table: Table) -> None:
    templates = TemplateRows(table)
    with requests_of(table) as made:
        templates.create(ACME, a_template(), a_version())
        templates.update(ACME, a_template(latest=2), a_version(2))
    created, updated = ([*map(_key, request["TransactItems"])] for request in made)
    assert created == ["META", "V#0001", "V#0001#L#en", "V#0001#L#fr-CA", "TEMPLATE#order"]
    assert updated == ["META", "V#0002", "V#0002#L#en", "V#0002#L#fr-CA"]
    assert all(request["ClientRequestToken"] for request in made)


def test_publishing_is_one_conditional_write_and_a_look_up_one_query(table: Table) -> None:
    templates = TemplateRows(table)
    templates.create(ACME, a_template(), a_version())
    with requests_of(table) as made:
        templates.update(ACME, a_template(published=1, history=(1,)))
        templates.version(ACME, ORDER, 1)
    put, query = made
    assert "ConditionExpression" in put
    assert query["ConsistentRead"]
    assert "KeyConditionExpression" in query


def test_a_publication_whose_answer_got_lost_is_no_conflict(table: Table) -> None:
    templates = TemplateRows(table)
    templates.create(ACME, a_template(), a_version())
    with first_answer_lost(table, "PutItem"):
        published = templates.update(ACME, a_template(published=1, history=(1,)))
    assert published == templates.get(ACME, ORDER)
    with first_answer_lost(table, "PutItem"), pytest.raises(StaleVersionError):
        templates.update(ACME, a_template(published=None))


def test_a_version_of_which_a_language_is_not_seen_yet_is_not_there(table: Table) -> None:
    templates = TemplateRows(table)
    templates.create(ACME, a_template(), a_version())
    table.delete(keys.template_localization(ACME, ORDER, 1, Locale("en")))
    assert templates.version(ACME, ORDER, 1) is None


def test_rows_of_a_version_do_not_expire_and_keep_what_they_say_by_language(table: Table) -> None:
    TemplateRows(table).create(ACME, a_template(), a_version())
    rows = {row["SK"]["S"]: row for row in scan(table)}
    assert all("ttl" not in row for row in rows.values())
    assert "Commande" not in str(rows["V#0001"])
    french = LocalizationItem.from_raw_data(rows["V#0001#L#fr-CA"])
    assert Part.SMS_TEXT in french.body


def _key(action: dict[str, dict[str, dict[str, dict[str, str]]]]) -> str:
    return action["Put"]["Item"]["SK"]["S"]
