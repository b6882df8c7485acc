"""A provider of each vendor that the sandbox has beside SendGrid, Twilio and FCM."""

from typing import Any

from tests.e2e.conftest import Herald
from tests.e2e.tenants import smtp


def providers(herald: Herald) -> list[dict[str, Any]]:
    """Return a provider of each vendor, as they are created; SMTP is asked only where it is named."""
    accounts = herald.stack.sandbox.accounts
    whatsapp, hook = accounts["cloud_api"], accounts["endpoint"]
    return [
        {"id": "mailgun", "channel": "email", "vendor": "mailgun"}
        | {"settings": {"domain": "mg.example.com", "region": "eu"}, "credentials": accounts["mailgun"]},
        smtp(herald, priority=200),
        {"id": "meta", "channel": "whatsapp", "vendor": "cloud_api"}
        | {"settings": {"phoneNumberId": whatsapp["phoneNumberId"]}}
        | {"credentials": {"accessToken": whatsapp["accessToken"]}},
        {"id": "slack", "channel": "chat", "vendor": "slack", "credentials": accounts["slack"]},
        {"id": "telegram", "channel": "chat", "vendor": "telegram", "priority": 200}
        | {"credentials": {"url": "tgram://123456789:bot-token_of_the_bot/{target}"}},
        {"id": "pagerduty", "channel": "alert", "vendor": "pagerduty", "credentials": accounts["pagerduty"]},
        {"id": "hook", "channel": "webhook", "vendor": "endpoint", "settings": {"url": hook["url"]}}
        | {"credentials": {"secret": hook["secret"], "headers": hook["headers"]}},
    ]
