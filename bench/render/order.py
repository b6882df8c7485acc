"""An order confirmation as a shop writes it: every channel's parts, a layout, a partial, a list of what was ordered."""

from typing import Any, Final

from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.template import Locale, Part
from chalicelib.services.ports.templates import Sources

LAYOUT: Final = FragmentKey("shop")
_LAYOUT: Final = """<!doctype html>
<html lang="{{ locale }}" dir="{{ dir }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ tenant.name }}</title>
<style>
body { margin: 0; background-color: #f4f4f7; font-family: Helvetica, Arial, sans-serif; color: #333333; }
.card { max-width: 560px; margin: 0 auto; padding: 24px; background-color: #ffffff; }
h1 { font-size: 22px; line-height: 1.3; }
.lines { width: 100%; border-collapse: collapse; }
.lines td { padding: 8px 0; border-bottom: 1px solid #eaeaec; }
.amount { text-align: right; white-space: nowrap; }
.button { display: inline-block; padding: 12px 20px; background-color: #2255cc; color: #ffffff; }
.small { font-size: 12px; color: #777777; }
@media (max-width: 600px) { .card { padding: 12px; } }
</style>
</head>
<body>
<div class="card">
{{ content }}
{% include "footer" %}
</div>
</body>
</html>
"""
_FOOTER: Final = """<p class="small">{{ tenant.name }} · You get this because you ordered with us.</p>
{% if unsubscribe_url %}<p class="small"><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>{% endif %}
"""
_HTML: Final = """<h1>Thank you, {{ customer.firstName }}!</h1>
<p>We have received your order <strong>{{ order.number }}</strong> of {{ order.placedAt|date("%-d %B %Y") }}
and are getting it ready. {% if order.express %}It ships today.{% else %}It ships within two days.{% endif %}</p>
<table class="lines">
{% for line in order.lines %}
<tr>
<td>{{ line.quantity }} x {{ line.name }}{% if line.options is defined %} ({{ line.options|join(", ") }}){% endif %}</td>
<td class="amount">{{ line.price|number(2) }} {{ order.currency }}</td>
</tr>
{% endfor %}
<tr><td>Shipping</td><td class="amount">{{ order.shipping|number(2) }} {{ order.currency }}</td></tr>
<tr><td><strong>Total</strong></td><td class="amount"><strong>{{ order.total|number(2) }} {{ order.currency }}</strong></td></tr>
</table>
<p>It goes to:<br>{{ order.address.name }}<br>{{ order.address.street }}<br>{{ order.address.city|upper }}</p>
<p><a class="button" href="{{ order.url }}">See your order</a></p>
"""  # noqa: E501 (as it is written)
_TEXT: Final = """Thank you, {{ customer.firstName }}!

We have received your order {{ order.number }} of {{ order.placedAt|date("%-d %B %Y") }}.
{% for line in order.lines %}
{{ line.quantity }} x {{ line.name }}: {{ line.price|number(2) }} {{ order.currency }}
{%- endfor %}

Total: {{ order.total|number(2) }} {{ order.currency }}

{{ order.url }}
"""
PARTS: Final = {
    Part.ACTION_URL: "{{ order.url }}",
    Part.EMAIL_SUBJECT: "Your order {{ order.number }} at {{ tenant.name }}",
    Part.EMAIL_TEXT: _TEXT,
    Part.EMAIL_HTML: _HTML,
    Part.SMS_TEXT: "{{ tenant.name }}: order {{ order.number }} received, {{ order.total }} {{ order.currency }}.",
    Part.PUSH_TITLE: "Order {{ order.number }}",
    Part.PUSH_BODY: "Thank you, {{ customer.firstName }}! {{ order.lines|length }} items, {{ order.total }} in all.",
    Part.WHATSAPP_TEMPLATE: "order_confirmation",
    Part.WHATSAPP_LANGUAGE: "en_US",
    Part.WHATSAPP_PARAMETERS: "{{ customer.firstName }}\n{{ order.number }}\n{{ order.total }} {{ order.currency }}",
    Part.IN_APP_TITLE: "Order {{ order.number }} received",
    Part.IN_APP_BODY: "Thank you, {{ customer.firstName }}! Your order of {{ order.lines|length }} items is in.",
    Part.CHAT_TITLE: "Order {{ order.number }}",
    Part.CHAT_TEXT: "{{ customer.firstName }} ordered for {{ order.total }} {{ order.currency }}.",
    Part.ALERT_SUMMARY: "Order {{ order.number }} received",
    Part.WEBHOOK_TITLE: "order.confirmed",
    Part.WEBHOOK_TEXT: "{{ order.number }}: {{ order.total }} {{ order.currency }}",
}
_STRING: Final = {"type": "string"}
_NUMBER: Final = {"type": "number"}
_LINE: Final = {
    "type": "object",
    "required": ["quantity", "name", "price"],
    "properties": {
        "quantity": {"type": "integer"},
        "name": _STRING,
        "price": _NUMBER,
        "options": {"type": "array", "items": _STRING},
    },
}
_ADDRESS: Final = {
    "type": "object",
    "required": ["name", "street", "city"],
    "properties": {"name": _STRING, "street": _STRING, "city": _STRING},
}
_ORDER: Final = {
    "number": _STRING,
    "placedAt": {"type": "string", "format": "date-time"},
    "express": {"type": "boolean"},
    "lines": {"type": "array", "items": _LINE},
    "shipping": _NUMBER,
    "total": _NUMBER,
    "currency": _STRING,
    "address": _ADDRESS,
    "url": {"type": "string", "format": "uri"},
}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["customer", "order"],
    "properties": {
        "customer": {"type": "object", "required": ["firstName"], "properties": {"firstName": _STRING}},
        "order": {"type": "object", "required": list(_ORDER), "properties": _ORDER, "additionalProperties": False},
    },
}
SAMPLE: Final[dict[str, Any]] = {
    "customer": {"firstName": "Ann"},
    "order": {
        "number": "A-1042",
        "placedAt": "2026-12-01T09:30:00Z",
        "express": False,
        "lines": [
            {"quantity": 2, "name": "Coffee beans, 1 kg", "price": 31.8, "options": ["dark", "whole"]},
            {"quantity": 1, "name": "Filter papers & holder", "price": 12.5},
            {"quantity": 3, "name": "Mug <large>", "price": 27.0},
        ],
        "shipping": 4.9,
        "total": 76.2,
        "currency": "EUR",
        "address": {"name": "Ann Ames", "street": "1 Main Street", "city": "Springfield"},
        "url": "https://shop.example/orders/A-1042",
    },
}
ORDER: Final = Sources(
    localizations={Locale("en"): PARTS},
    layout=LAYOUT,
    fragments={LAYOUT: _LAYOUT, FragmentKey("footer"): _FOOTER},
    schema=SCHEMA,
    sample=SAMPLE,
)
