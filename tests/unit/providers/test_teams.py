"""Teams: what a message looks like there, and what it answers. The rest is shown by the contract suite."""

from typing import Any

import msgspec
import pytest
import requests
from msgspec.structs import replace

from chalicelib.channels.base import ChatMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.chat.teams import (
    MOST_BYTES,
    Teams,
    TeamsSettings,
    body_of,
    connector_judged,
    workflow_judged,
)
from chalicelib.providers.poster import encoded
from chalicelib.providers.registry import setting_faults
from tests.unit.providers.answers import answer

HOOK = "https://prod-01.westus.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?api-version=1&sig=x"
HELLO = ChatMessage(reference="n1", text="Hello")
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": []}
TEXT = {"type": "TextBlock", "text": "Hi"}
FAILED = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error {} with ContextId x"


def provider(**settings: str) -> Teams:
    return Teams(msgspec.convert({"webhookUrl": HOOK} | settings, TeamsSettings), Timeouts())


def cards(message: ChatMessage) -> list[Any]:
    return [attachment["content"] for attachment in body_of(message, "Open")["attachments"]]


def test_a_text_is_a_card_whose_lines_stay_apart() -> None:
    (card,) = cards(replace(HELLO, text="One\nTwo\n\n\nThree"))
    assert card["body"] == [{"type": "TextBlock", "text": "One\n\nTwo\n\nThree", "wrap": True}]
    assert "actions" not in card


def test_a_link_into_an_app_is_no_button() -> None:
    (card,) = cards(replace(HELLO, link="acme://orders/42"))
    assert "actions" not in card


@pytest.mark.parametrize(
    ("blocks", "shown"),
    [
        ((TEXT, TEXT), [[TEXT, TEXT]]),
        ((CARD,), [[]]),
        ((CARD, CARD), [[], []]),
        # Another vendor's: they are left out where this one is the next to try.
        (({"type": "section"},), [[{"type": "TextBlock", "text": "Hello", "wrap": True}]]),
        ((TEXT, {"title": "an embed"}), [[{"type": "TextBlock", "text": "Hello", "wrap": True}]]),
    ],
)
def test_cards_and_elements_of_the_sender(blocks: tuple[dict[str, Any], ...], shown: list[Any]) -> None:
    assert [card["body"] for card in cards(replace(HELLO, blocks=blocks))] == shown


def test_teams_takes_28_kilobytes() -> None:
    room = MOST_BYTES - len(encoded(body_of(replace(HELLO, text=""), "Open")))
    assert not provider().exceeds_limits(replace(HELLO, text="a" * room))
    assert provider().exceeds_limits(replace(HELLO, text="a" * (room + 1)))
    assert provider().exceeds_limits(replace(HELLO, blocks=({"type": "TextBlock", "text": "a" * MOST_BYTES},)))


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        (answer(202, x_ms_workflow_run_id="0858"), Accepted(vendor_id="0858")),
        (answer(202), Accepted()),
        (answer(200, "done", x_ms_workflow_run_id="0858"), Accepted(vendor_id="0858")),
        (answer(200, "<html>"), Unsure(code="unreadable_answer")),
        (
            answer(400, '{"error": {"code": "WorkflowTriggerIsNotEnabled", "message": "…"}}'),
            Refused(kind=AttemptOutcome.MISCONFIGURED, code="WorkflowTriggerIsNotEnabled"),
        ),
        (
            answer(401, '{"error": {"code": "DirectApiAuthorizationRequired"}}'),
            Refused(kind=AttemptOutcome.MISCONFIGURED, code="DirectApiAuthorizationRequired"),
        ),
        (
            answer(413, '{"error": {"code": "RequestEntityTooLarge"}}'),
            Refused(kind=AttemptOutcome.PERMANENT, code="RequestEntityTooLarge"),
        ),
        (answer(500, '{"error": {"code": "a b"}}'), Unsure(code="http_500")),
        (answer(503, "<html>"), Unsure(code="http_503")),
    ],
)
def test_what_a_workflows_answer_means(reply: requests.Response, result: ProviderResult) -> None:
    assert workflow_judged(reply) == result


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (answer(200, "1"), (None, None)),
        (answer(200, FAILED.format(400)), (AttemptOutcome.PERMANENT, "connector_400")),
        (answer(200, FAILED.format(413)), (AttemptOutcome.PERMANENT, "connector_413")),
        (answer(200, FAILED.format(429)), (AttemptOutcome.RETRIABLE, "connector_429")),
        (answer(200, FAILED.format(500)), (AttemptOutcome.RETRIABLE, "connector_500")),
        (answer(200, FAILED.format(504)), (None, "connector_504")),
        (answer(200, FAILED.format("none")), (AttemptOutcome.RETRIABLE, "connector_500")),
        (answer(200, "<html>"), (None, "unreadable_answer")),
        (answer(410, "Gone", Content_Type="text/plain"), (AttemptOutcome.MISCONFIGURED, "connector_410")),
        (
            answer(400, "Summary or Text is required.", Content_Type="text/plain"),
            (AttemptOutcome.PERMANENT, "connector_400"),
        ),
        (answer(500, "<html>", Content_Type="text/html"), (None, "http_500")),
    ],
)
def test_what_a_connectors_answer_means(
    reply: requests.Response, outcome: tuple[AttemptOutcome | None, str | None]
) -> None:
    result = connector_judged(reply)
    kind = result.kind if isinstance(result, Refused) else None
    assert (kind, None if isinstance(result, Accepted) else result.code) == outcome


@pytest.mark.parametrize(
    "url",
    [
        HOOK,
        "https://default0123.ab.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/1/invoke?sig=x",
        "https://acme.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4",
    ],
)
def test_a_webhook_of_teams(url: str) -> None:
    assert setting_faults(Channel.CHAT, "teams", {}, {"webhookUrl": url}) == ()


@pytest.mark.parametrize(
    "url",
    [
        HOOK.replace("https", "http"),
        "https://logic.azure.com/workflows/1",
        "https://evil.example/.logic.azure.com/1",
        "https://evil.example?x.logic.azure.com/1",
        "https://evil.example#x.logic.azure.com/1",
        "https://a@evil.example/x.logic.azure.com/1",
        "https://x.logic.azure.com.evil.example/1",
        "https://x.logic.azure.com:8443/1",
        "https://x.logic.azure.com\\@evil.example/1",
        "https://x.logic.azure.com/1 2",
        "https://x.logic.azure.com/1\n",
        "a team",
    ],
)
def test_a_webhook_is_microsofts_or_it_is_none(url: str) -> None:
    assert [fault.pointer for fault in setting_faults(Channel.CHAT, "teams", {}, {"webhookUrl": url})] == [
        "/credentials/webhookUrl"
    ]
    refusal = provider().send(replace(HELLO, targets={"teams": url}))
    assert isinstance(refusal, Refused)
    assert (refusal.kind, refusal.code) == (AttemptOutcome.MISCONFIGURED, "invalid_target")
