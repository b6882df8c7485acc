"""Examples of every body and answer, by the names of their models, for the description of the API only."""

from typing import Any, Final

from chalicelib.api.template_examples import TEMPLATE_EXAMPLES

ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
REQUEST_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8058"
AT: Final = "2026-12-01T09:00:00.000Z"
LATER: Final = "2026-12-01T09:00:02.480Z"
CURSOR: Final = "opaque-and-signed"

_RECIPIENT: Final = {"userType": "customer", "userId": "u1"}
_REACHED: Final = {
    "email": "ann@example.com",
    "phone": "+14155550100",
    "deviceTokens": ["fcm-registration-token"],
    "chatTargets": {"telegram": "12315544"},
    "locale": "en-CA",
    "timeZone": "America/Toronto",
    "attributes": {"plan": "gold"},
    "roles": ["buyer"],
}
_NOWHERE: Final[dict[str, Any]] = {"deviceTokens": [], "chatTargets": {}, "attributes": {}, "roles": []}
_CONTENT: Final = {"subject": "Your order 42", "body": "It is on its way.", "actionUrl": "https://example.com/42"}
_DELIVERY: Final = {
    "channel": "email",
    "status": "sent",
    "attemptCount": 1,
    "sentAt": LATER,
}
_TRACKED: Final = {
    **_DELIVERY,
    "providers": ["primary-email", "backup-email"],
    "attempts": [
        {"number": 1, "provider": "primary-email", "at": LATER, "outcome": "accepted", "vendorId": "7ZyCv3dPQ2a"}
    ],
}
_NOTIFICATION: Final = {
    "id": ID,
    "status": "sent",
    "category": "transactional",
    "type": "order.shipped",
    "priority": "high",
}
_INBOX: Final = {
    **_NOTIFICATION,
    "status": "delivered",
    "subject": "Your order 42",
    "body": "It is on its way.",
    "actionUrl": "https://example.com/42",
    "metadata": {"orderId": "42"},
    "channels": ["in_app"],
    "unread": True,
    "createdAt": AT,
}
_FOUND: Final = {
    **_NOTIFICATION,
    "recipient": _RECIPIENT,
    "channels": ["email"],
    "subject": "Your order 42",
    "sentBy": "service:orders",
    "createdAt": AT,
}
_WINDOW: Final = {"start": "22:00", "end": "07:00", "days": ["sun", "mon", "tue", "wed", "thu"]}
_DEFAULTS: Final = {
    "channels": {},
    "categories": {"marketing": {"sms": False}},
    "types": {},
    "topics": {},
    "quietHours": [{**_WINDOW, "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}],
    "caps": {"sms": {"day": 10}},
}
_CHOSEN: Final = {
    "channels": {"sms": False},
    "categories": {"marketing": {"email": False, "push": True}},
    "types": {"order.shipped": False},
    "topics": {"news": True},
    "quietHours": [_WINDOW],
    "timeZone": "America/Toronto",
    "doNotDisturbUntil": LATER,
    "caps": {"push": {"hour": 5, "day": 20}},
}
_DEVICE: Final = {"platform": "ios", "name": "Ann's phone"}
_TOPIC: Final = {"topic": "news", "subscribedAt": AT}
_SETTINGS: Final = {
    "defaultLocale": "en",
    "timeZone": "America/Toronto",
    "defaultStrategy": "broadcast",
    "defaultChannels": ["in_app", "email"],
    "disabledChannels": [],
    "senders": {"email": {"address": "shop@example.com", "name": "The Shop", "replyTo": "help@example.com"}},
    "urlSchemes": ["https", "shop"],
    "smsMaxSegments": 3,
    "eventMode": "packed",
    "retentionDays": 90,
    "prices": [{"channel": "sms", "amount": "0.0079"}, {"channel": "sms", "amount": "0.072", "country": "FR"}],
    "budgets": [{"period": "month", "limit": "250"}, {"period": "day", "limit": "20", "category": "marketing"}],
    "downgrade": True,
    "digests": {"social": {"windowSeconds": 3600, "mode": "fixed", "channels": ["email"]}},
    "preferences": _DEFAULTS,
    "mandatoryCategories": ["security"],
    "selfNotification": True,
    "tracking": {"opens": True, "clicks": True, "countAsRead": False},
    "rateLimits": {"send": 1_000},
    "sendRates": {"sms": 10},
}
_TENANT: Final = {
    "id": "acme",
    "name": "Acme",
    "status": "active",
    "settings": _SETTINGS,
    "createdAt": AT,
    "version": 1,
}
_ACCOUNT: Final = {
    "clientId": "5gq8example",
    "name": "orders",
    "tenants": ["acme"],
    "scopes": ["herald/send", "herald/read"],
    "enabled": True,
}
_PROVIDER: Final = {
    "id": "primary-email",
    "channel": "email",
    "vendor": "sendgrid",
    "enabled": True,
    "priority": 10,
    "weight": 1,
    "settings": {"region": "eu"},
}
_POLICY: Final = {
    "id": "incidents",
    "stop": "acknowledged",
    "steps": [
        {"channels": ["push", "in_app"], "after": 0},
        {"channels": ["sms"], "after": 600},
        {"channels": ["sms", "push"], "after": 1_200, "rota": "operations", "every": 300},
    ],
}
_OPERATOR: Final = {"userType": "support", "userId": "o1"}
_ROTA: Final = {
    "id": "operations",
    "timeZone": "America/Toronto",
    "shifts": [
        {"people": [_OPERATOR], "days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "20:00"},
        {"people": [{"userType": "support", "userId": "o2"}], "days": ["fri"], "start": "20:00", "end": "06:00"},
    ],
    "holidays": ["2026-12-25"],
    "holidayPeople": [{"userType": "support", "userId": "o3"}],
    "fallback": [{"userType": "admin", "userId": "u9"}],
}
_AUDIT: Final = {
    "id": ID,
    "at": AT,
    "actor": "user:admin/u9",
    "action": "provider.update",
    "target": "provider/primary-email",
    "before": {"enabled": True},
    "after": {"enabled": False},
}
_PILOT: Final = {
    "code": "pilot",
    "labels": {"en": "Pilot", "fr": "Pilote"},
    "order": 70,
    "enabled": True,
    "metadata": {"wings": 2},
}
_FLAG: Final = {
    "default": False,
    "rules": [{"name": "first to try it", "tenants": ["acme"], "enabled": True}],
    "description": "Text messages",
}
_SUPPRESSION: Final = {"channel": "email", "address": "ann@example.com", "reason": "manual", "note": "Asked by phone"}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    **TEMPLATE_EXAMPLES,
    "Alive": {"alive": {"status": "ok"}},
    "Ready": {"ready": {"status": "ready", "checks": {"table": True, "topic": True, "queues": True}}},
    # Sending
    "SendBody": {
        "order shipped": {
            "recipients": [{**_RECIPIENT, "email": "ann@example.com", "phone": "+14155550100"}],
            "channels": ["in_app", "email", "sms"],
            "type": "order.shipped",
            "content": _CONTENT,
            "category": "transactional",
            "priority": "high",
            "cancellationKey": "order-42",
            "metadata": {"orderId": "42"},
        },
        "an invoice, with its file": {
            "recipients": [{**_RECIPIENT, "email": "ann@example.com"}],
            "channels": ["email"],
            "content": {
                "subject": "Invoice 42",
                "body": "It is attached.",
                "email": {
                    "attachments": [
                        {"key": "acme/invoices/42.pdf", "name": "Invoice 42.pdf", "type": "application/pdf"}
                    ]
                },
            },
        },
        "a room told, in Slack's own format": {
            "recipients": [_RECIPIENT],
            "channels": ["chat"],
            "content": {
                **_CONTENT,
                "chat": {
                    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Order *42* is on its way."}}]
                },
            },
        },
        "a WhatsApp template, for somebody who has not written for a day": {
            "recipients": [{**_RECIPIENT, "phone": "+14155550100"}],
            "channels": ["whatsapp", "in_app"],
            "content": {
                "body": "Your order 42 is on its way with UPS.",
                "whatsapp": {
                    "type": "template",
                    "name": "order_shipped",
                    "language": "en",
                    "components": [
                        {"type": "body", "parameters": [{"type": "text", "text": text} for text in ("42", "UPS")]},
                        {
                            "type": "button",
                            "subType": "url",
                            "index": 0,
                            "parameters": [{"type": "text", "text": "orders/42"}],
                        },
                    ],
                },
            },
        },
        "a document on WhatsApp": {
            "recipients": [{**_RECIPIENT, "phone": "+14155550100"}],
            "channels": ["whatsapp"],
            "content": {
                "body": "Your invoice is ready.",
                "whatsapp": {
                    "type": "media",
                    "kind": "document",
                    "link": "https://example.com/invoices/42.pdf",
                    "caption": "Your invoice",
                    "name": "invoice-42.pdf",
                },
            },
        },
        "one recipient, in short": {
            "recipientUserId": "u1",
            "recipientUserType": "customer",
            "channel": "email",
            "subject": "Hello",
            "body": "Welcome aboard.",
        },
        "stored recipients, in short": {
            "recipientIds": ["u1", "u2"],
            "message": "The shop closes at noon today.",
            "type": "shop.hours",
            "channels": ["push", "in_app"],
            "deliveryStrategy": "broadcast",
            "notificationPriority": "urgent",
        },
        "an alert": {
            "recipients": [{"userId": "on-call", "userType": "support"}],
            "channels": ["alert"],
            "category": "alert",
            "content": {
                "subject": "Payments fail",
                "body": "One in four since 9:00.",
                "alert": {
                    "severity": "critical",
                    "dedupKey": "payments/down",
                    "source": "payments.example.com",
                    "details": {"rate": 0.25},
                },
            },
        },
    },
    "SentAnswer": {
        "accepted": {
            "requestId": REQUEST_ID,
            "recipientCount": 1,
            "notifications": [{"id": ID, "recipient": _RECIPIENT, "status": "accepted"}],
        }
    },
    "CancelBody": {
        "by id": {"id": ID},
        "by key": {"cancellationKey": "order-42"},
        "all of a request": {"batchId": REQUEST_ID},
    },
    "CancelAnswer": {
        "by id": {"id": ID, "status": "cancelled", "strategy": "broadcast", "cancelledAt": AT, "deliveries": []},
        "by key": {"cancellationKey": "order-42", "cancelled": 2, "cancelledAt": AT, "complete": True},
    },
    "SentNotification": {
        "sent": {
            **_NOTIFICATION,
            "requestId": REQUEST_ID,
            "recipient": _RECIPIENT,
            "channels": ["email"],
            "strategy": "broadcast",
            "content": _CONTENT,
            "metadata": {"orderId": "42"},
            "sentBy": "service:orders",
            "acceptedAt": AT,
        }
    },
    "Tracking": {
        "opened": {
            "id": ID,
            "status": "sent",
            "strategy": "broadcast",
            "openedAt": LATER,
            "deliveries": [_TRACKED],
        }
    },
    "ExplanationAnswer": {
        "read before the e-mail was due": {
            "id": ID,
            "status": "read",
            "summary": f"It reached the recipient in the inbox. It was read at {LATER}. "
            f"Not by e-mail: it was read before this step came due ({LATER}).",
            "facts": [
                {"name": "sender", "text": f"Sent by service:orders, accepted at {AT}."},
                {"name": "policy", "text": "It follows the escalation policy “default” until somebody reads it."},
            ],
            "channels": [
                {
                    "channel": "email",
                    "status": "cancelled",
                    "text": f"Not sent: it was read before this step came due ({LATER}).",
                    "reason": "read_before_escalation",
                    "scheduledFor": "2026-12-01T09:40:00.000Z",
                    "providers": ["primary-email"],
                    "attempts": [],
                }
            ],
            "relays": [],
            "timeline": [{"at": AT, "text": "Accepted from service:orders."}, {"at": LATER, "text": "Read."}],
        }
    },
    "SimulationAnswer": {
        "at night": {
            "recipientCount": 1,
            "notifications": [
                {
                    "recipient": _RECIPIENT,
                    "status": "scheduled",
                    "strategy": "broadcast",
                    "startsAt": AT,
                    "channels": [
                        {
                            "channel": "sms",
                            "status": "scheduled",
                            "text": "Waits until 2026-12-01T12:00:00.000Z: these are quiet hours of the recipient.",
                            "held": "quiet_hours",
                            "at": "2026-12-01T12:00:00.000Z",
                            "provider": "main-sms",
                            "providers": ["main-sms"],
                            "content": {"text": "It is on its way.", "segments": 1},
                            "price": "0.0079",
                            "priceMillionths": 7_900,
                        }
                    ],
                    "onDuty": [],
                    "price": "0.0079",
                    "priceMillionths": 7_900,
                }
            ],
            "totals": {
                "notifications": {"scheduled": 1},
                "deliveries": {"scheduled": 1},
                "price": "0.0079",
                "priceMillionths": 7_900,
            },
        }
    },
    "StoredRecipientBody": {"reached on three channels": _REACHED},
    "RecipientAnswer": {"stored": {**_RECIPIENT, **_REACHED}},
    # The inbox
    "InboxNotification": {"unread": _INBOX},
    "InboxPage": {"first of several": {"items": [_INBOX], "nextCursor": CURSOR}},
    "InboxDeliveries": {"sent": {"id": ID, "status": "sent", "deliveries": [_DELIVERY]}},
    "UnreadCount": {"three": {"unreadCount": 3}},
    "Ids": {"two": {"ids": [ID, REQUEST_ID]}},
    "SelfSendBody": {
        "a reminder": {"body": "Call the plumber.", "channels": ["push"], "sendAt": AT},
        "with a link": {
            "content": {"subject": "Water", "body": "Call the plumber.", "actionUrl": "https://example.com/plumbers"},
            "channels": ["in_app", "email", "sms", "whatsapp"],
            "priority": "high",
        },
    },
    "PreferencesBody": {"all of them": {**_CHOSEN, "version": 3}},
    "ChannelSwitch": {"off": {"enabled": False}},
    "PreferencesAnswer": {
        "chosen": {**_CHOSEN, "version": 4, "defaults": _DEFAULTS, "mandatoryCategories": ["security"]}
    },
    "DeviceBody": {"a phone": {"token": "fcm-registration-token", **_DEVICE}},
    "TokenBody": {"a phone": {"token": "fcm-registration-token"}},
    "DeviceAnswer": {"a phone": {"id": "0f6b1e0c8d3f4a59b7c2d1e0f9a8b7c6", **_DEVICE, "registeredAt": AT}},
    "DeviceList": {"one": {"items": [{"id": "0f6b1e0c8d3f4a59b7c2d1e0f9a8b7c6", **_DEVICE, "registeredAt": AT}]}},
    "TopicAnswer": {"subscribed": _TOPIC},
    "TopicList": {"one": {"items": [_TOPIC]}},
    "Updated": {"all": {"updatedCount": 2, "complete": True}},
    "Deleted": {"all": {"deletedCount": 2, "complete": True}},
    # Administration
    "FoundPage": {"first of several": {"items": [_FOUND], "nextCursor": CURSOR}},
    "WholeNotification": {
        "sent": {
            **_NOTIFICATION,
            "recipient": {**_RECIPIENT, **_NOWHERE, "email": "a***@example.com"},
            "sentBy": "service:orders",
            "createdAt": AT,
            "request": {
                "requestId": REQUEST_ID,
                "content": _CONTENT,
                "channels": ["email"],
                "providers": {},
                "metadata": {"orderId": "42"},
            },
            "state": {"strategy": "broadcast", "version": 3},
            "deliveries": [_TRACKED],
        }
    },
    "CreateTenant": {
        "with settings": {
            "id": "acme",
            "name": "Acme",
            "settings": _SETTINGS,
            "firstAdmin": {"email": "amy@acme.example"},
        }
    },
    "ChangeTenant": {"another name": {"name": "Acme Corporation", "version": 1}},
    "AdministratorBody": {"by address": {"email": "amy@acme.example"}},
    "SettingsBody": {"fewer segments": {"smsMaxSegments": 2}},
    "TenantAnswer": {"active": _TENANT},
    "TenantPage": {"first of several": {"items": [_TENANT], "nextCursor": CURSOR}},
    "SettingsAnswer": {"settings": _SETTINGS},
    "CreateAccount": {"orders": _ACCOUNT},
    "ChangeAccount": {"disable": {"enabled": False, "version": 1}},
    "AccountAnswer": {"orders": {**_ACCOUNT, "createdAt": AT, "version": 1}},
    "AccountPage": {"last": {"items": [{**_ACCOUNT, "createdAt": AT, "version": 1}]}},
    "CreateProvider": {"SendGrid": {**_PROVIDER, "credentials": {"apiKey": "SG.…"}}},
    "ChangeProvider": {"disable": {"enabled": False, "version": 1}},
    "PairingCodeAnswer": {
        "a code": {
            "qrCode": "data:image/png;base64,iVBORw0KGgo=",
            "asciiQR": "█▀▀▀▀▀█ ▄▀█ …\n█ ███ █ ▀▄▀ …",
            "urlCode": "2@opaque",
            "expiresAt": LATER,
            "attempts": 1,
        }
    },
    "WhatsappSessionAnswer": {
        "connected": {
            "sessionName": "herald-acme",
            "status": "connected",
            "isConnected": True,
            "lastActivity": LATER,
        },
        "waiting for a phone": {"sessionName": "herald-acme", "status": "qrcode", "isConnected": False},
    },
    "ProviderAnswer": {"SendGrid": {**_PROVIDER, "credentialsSet": ["apiKey"], "version": 1}},
    "TryProvider": {"a number": {"to": "+14155550100"}},
    "TriedProvider": {
        "asked": {"outcome": "accepted", "probed": True},
        "sent": {"outcome": "misconfigured", "code": "20003", "probed": False},
    },
    "ProviderList": {"one": {"items": [{**_PROVIDER, "credentialsSet": ["apiKey"], "version": 1}]}},
    "SuppressBody": {"by hand": _SUPPRESSION},
    "SuppressionAnswer": {"by hand": {**_SUPPRESSION, "createdAt": AT}},
    "SuppressionPage": {"first of several": {"items": [{**_SUPPRESSION, "createdAt": AT}], "nextCursor": CURSOR}},
    "CreatePolicy": {
        "with people on duty": _POLICY,
        "in short": {
            "id": "default",
            "steps": [{"channel": "push"}, {"channel": "sms", "after": "PT10M"}, {"channel": "email", "after": "PT1H"}],
        },
    },
    "ChangePolicy": {"until somebody acknowledges": {"stop": "acknowledged", "version": 1}},
    "PolicyAnswer": {"with people on duty": {**_POLICY, "builtIn": False, "version": 1}},
    "PolicyList": {"one": {"items": [{**_POLICY, "builtIn": False, "version": 1}]}},
    "CreateRota": {"two shifts": _ROTA},
    "ChangeRota": {"another holiday": {"holidays": ["2026-12-25", "2027-01-01"], "version": 1}},
    "RotaAnswer": {"two shifts": {**_ROTA, "version": 1}},
    "CreateLookup": {"a kind of user": _PILOT},
    "ChangeLookup": {"a new label": {"labels": {"en": "Captain"}, "version": 1}},
    "LookupAnswer": {"a kind of user": {"type": "user_type", **_PILOT, "version": 1}},
    "LookupList": {"one": {"items": [{"type": "user_type", **_PILOT, "version": 1}]}},
    "FlagBody": {"on for some": _FLAG},
    "FlagAnswer": {"on for some": {"name": "channel.sms", **_FLAG, "version": 1}},
    "FlagList": {"one": {"items": [{"name": "channel.sms", **_FLAG, "version": 1}]}},
    "SeenFlags": {"one that is on": {"flags": {"channel.sms": True}}},
    "RotaList": {"one": {"items": [{**_ROTA, "version": 1}]}},
    "OnDutyAnswer": {"a night": {"at": AT, "people": [_OPERATOR, {"userType": "admin", "userId": "u9"}]}},
    "RateLimitsBody": {"more sends": {"rateLimits": {"send": 1_000}, "sendRates": {"sms": 10}}},
    "RateLimitsAnswer": {
        "all": {
            "rateLimits": {"send": 1_000, "simulate": 100, "read": 600, "users": 300, "admin": 300, "templates": 200},
            "sendRates": {"sms": 10},
        }
    },
    "AuditPage": {"first of several": {"items": [_AUDIT], "nextCursor": CURSOR}},
}
