"""Examples of templates and what they share, for the API's description."""

from typing import Any, Final

_AT: Final = "2026-12-01T09:00:00.000Z"
_CURSOR: Final = "gAAAAABpI9Xk-example"
_ENGLISH: Final = {
    "email": {
        "subject": "Your order {{ orderId }}",
        "html": "<p>Hello {{ name }}, your order {{ orderId }} is on its way.</p>",
    },
    "sms": {"text": "Your order {{ orderId }} is on its way."},
    "in_app": {"title": "On its way", "body": "Order {{ orderId }} has left our warehouse."},
    "actionUrl": "https://shop.example.com/orders/{{ orderId }}",
}
_FRENCH: Final = {"sms": {"text": "Votre commande {{ orderId }} est en route."}}
_DRAFT: Final = {
    "category": "transactional",
    "type": "order.shipped",
    "channels": ["email", "sms", "in_app"],
    "layout": "main",
    "schema": {
        "type": "object",
        "required": ["orderId", "name"],
        "properties": {"orderId": {"type": "string"}, "name": {"type": "string"}},
    },
    "sample": {"orderId": "42", "name": "Ann"},
    "localizations": {"en": _ENGLISH, "fr-CA": _FRENCH},
    "note": "Says when it left",
}
_TEMPLATE: Final = {
    "key": "order-shipped",
    "name": "Order shipped",
    "category": "transactional",
    "latest": 3,
    "published": 2,
    "history": [1, 2],
    "layouts": ["main"],
    "partials": ["address"],
    "createdAt": _AT,
    "version": 5,
}
_SAVED: Final = {"number": 3, "status": "draft", "createdAt": _AT, "createdBy": "user:admin/u9"}
_SOURCE: Final = "<table><tr><td>{{ content }}</td></tr></table>"
_VERSION: Final = {**_DRAFT, **_SAVED, "key": "order-shipped", "fragments": {"main": _SOURCE}, "version": 5}
_ENTRY: Final = {
    **_SAVED,
    **{name: _DRAFT[name] for name in ("category", "type", "channels", "layout", "note")},
    "languages": ["en", "fr-CA"],
}
_LAYOUT: Final = {
    "key": "main",
    "source": _SOURCE,
    "description": "Header and footer",
}
_STORED_LAYOUT: Final = {**_LAYOUT, "createdAt": _AT, "version": 1}
_CATEGORY: Final = {"key": "social", "name": "Social", "description": "What friends do"}
_STORED_CATEGORY: Final = {**_CATEGORY, "builtIn": False, "mandatory": False, "version": 1}

TEMPLATE_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "CreateTemplate": {"order shipped": {"key": "order-shipped", "name": "Order shipped", **_DRAFT}},
    "ChangeTemplate": {"another name": {"name": "Order on its way", "version": 5}},
    "AddVersion": {"order shipped": {**_DRAFT, "version": 5}},
    "PutLocalization": {"French": {**_FRENCH, "version": 5}},
    "PublishBody": {"a version": {"number": 3, "version": 5}},
    "RollBackBody": {"to a version": {"to": 1}},
    "PreviewBody": {
        "a version": {"number": 3, "locale": "fr-CA", "channels": ["sms"], "data": {"orderId": "7", "name": "Zoé"}},
        "what is not stored yet": {"source": _DRAFT, "locale": "en"},
    },
    "TestSendBody": {
        "to me": {"recipient": {"userId": "u9", "userType": "admin", "email": "me@example.com"}, "number": 3}
    },
    "TemplateAnswer": {"with a draft": _TEMPLATE},
    "TemplatePage": {"first of several": {"items": [_TEMPLATE], "nextCursor": _CURSOR}},
    "VersionAnswer": {"a draft": _VERSION},
    "VersionPage": {"the latest": {"items": [_ENTRY], "nextCursor": _CURSOR, "version": 5}},
    "PreviewAnswer": {
        "French": {"locale": "fr-CA", "channels": {"sms": {"body": "Votre commande 42 est en route."}}},
    },
    "DiffAnswer": {
        "one text": {
            "from": 2,
            "to": 3,
            "changes": [
                {
                    "pointer": "/localizations/en/sms/text",
                    "diff": "--- 2\n+++ 3\n@@ -1 +1 @@\n-It is on its way.\n+Your order {{ orderId }} is on its way.",
                }
            ],
        }
    },
    "CreateFragment": {"a layout": _LAYOUT},
    "ChangeFragment": {"another description": {"description": "Header, footer and address", "version": 1}},
    "FragmentAnswer": {"a layout": _STORED_LAYOUT},
    "FragmentPage": {"first of several": {"items": [_STORED_LAYOUT], "nextCursor": _CURSOR}},
    "UsageAnswer": {"of two": {"templates": ["order-confirmation", "order-shipped"]}},
    "CreateCategory": {"social": _CATEGORY},
    "ChangeCategory": {"another name": {"name": "Friends", "version": 1}},
    "CategoryAnswer": {"social": _STORED_CATEGORY},
    "CategoryList": {"one of several": {"items": [_STORED_CATEGORY]}},
}
