"""The messages that the cases send."""

from chalicelib.channels.base import (
    AlertMessage,
    ChatMessage,
    EmailMessage,
    MailFile,
    PushMessage,
    SmsMessage,
    WebhookMessage,
    WhatsappMessage,
)
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.value import Millis

AN_EMAIL = EmailMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057",
    to="ann@example.com",
    subject="Your order — Grüße",
    text="It is on its way.\nBye",
    html="<p>It is on its way. Grüße</p>",
    sender="shop@example.com",
    sender_name="Shop, Müller & Co.",
    reply_to="help@example.com",
    unsubscribe_url="https://herald.example.com/unsubscribe/a_token-1",
    attachments=(
        MailFile(name="Grüße.pdf", type="application/pdf", content=b"%PDF-1.7\r\n\xff\x00"),
        MailFile(name="terms.txt", type="text/plain", content=b"All\nsold.\t"),
    ),
)
AN_SMS = SmsMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057", to="+14155550100", text="Grüße: 1 < 2 & €", segments=1
)
A_PUSH = PushMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057",
    tokens=("device-1",),
    title="Your order",
    body="It is on its way. Grüße",
    data={"orderId": "42"},
    image="https://example.com/a.png",
    link="https://example.com/orders/42",
    ttl=3_600,
)
A_WHATSAPP_MESSAGE = WhatsappMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057", to="+14155550100", text="*Grüße*: 1 < 2 & €\nhttps://example.com"
)
A_CHAT = ChatMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057",
    text="Grüße: 1 < 2 & more.\nBye",
    title="Your order",
    link="https://example.com/orders/42",
)
AN_ALERT = AlertMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057",
    action=AlertAction.TRIGGER,
    severity=Severity.ERROR,
    summary="Payments fail — Grüße",
    text="Payments fail — Grüße\nSince 9:00",
    source="payments.example.com",
    dedup_key="payments/down",
    link="https://example.com/incidents/7",
    details={"rate": 0.75, "region": "eu"},
)
A_WEBHOOK = WebhookMessage(
    reference="01890a5d-ac96-774b-bcce-b302099a8057",
    user_type="customer",
    user_id="u1",
    category="transactional",
    text="It is on its way. Grüße",
    at=Millis(1_796_000_000_000),
    type="order.shipped",
    title="Your order",
    link="https://example.com/orders/42",
    data={"orderId": "42"},
)
