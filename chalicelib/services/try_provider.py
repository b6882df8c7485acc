"""Trying a provider out: by a call that costs nothing where its vendor has one, else by a message that says what it is.

Nothing else of sending takes part: no preferences, no limits, no prices. Who tried it is on record.
"""

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from chalicelib.channels.base import Message, UnshapeableError
from chalicelib.domain.content import AlertAction, AlertContent, Content, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import NotificationId, ProviderId, RequestId, TenantId, UserId, UserType, time_ordered_id
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, Priority, Reason
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change
from chalicelib.services.ports import Providers, TenantLookup

TITLE: Final = "Test message from Herald"
ADDRESSED: Final = frozenset({Channel.EMAIL, Channel.SMS, Channel.PUSH, Channel.WHATSAPP})
"""Channels on which nothing goes out without an address."""
WITHOUT_SUCH_AN_ACTION: Final = "unsupported_action"
WITHOUT_TARGET: Final = "missing_target"
"""What providers of chat say that send to the recipient's own room, when they are not told which."""

CheckAddress = Callable[[Channel, Recipient], Reason | None]
Shape = Callable[[Channel, NotificationRequest, Recipient, Tenant], Message]


class Tried(Value, frozen=True):
    """What became of the try. `probed`: no message was sent."""

    outcome: AttemptOutcome
    probed: bool
    code: str | None = None
    vendor_id: str | None = None


class ProviderTrier(Protocol):
    """Calls a vendor, as briefly as the caller of an API may have to wait."""

    def probe(self, tenant: Tenant, provider: ProviderConfig) -> ProviderResult | None:
        """Make the call that costs nothing; None where the vendor has none. Never raises for what it or the network
        does.
        """

    def call(self, tenant: Tenant, provider: ProviderConfig, message: object) -> ProviderResult:
        """Send a message. Never raises for what the vendor or the network does."""


class TryProvider(msgspec.Struct, frozen=True):
    """The use case."""

    providers: Providers
    tenants: TenantLookup
    caller: ProviderTrier
    check_address: CheckAddress
    shape: Shape
    audited: AuditedChanges
    randomness: Callable[[int], bytes]

    def __call__(self, tenant: TenantId, id: ProviderId, to: str | None, by: Actor) -> Tried:
        """Try a provider out, a disabled one too. A message goes `to` an address of the channel; alerts are triggered
        and resolved.

        Raises
        ------
        NotFoundError
            The tenant has no such provider.
        InvalidInputError
            A message needs an address and there is none, or it is none of the channel's (`/to`).
        """
        known, provider = self.tenants.get(tenant), self.providers.get(tenant, id)
        if known is None or provider is None:
            raise NotFoundError
        if to is not None and self.check_address(provider.channel, recipient_at(provider, to)) is not None:
            raise _fault("invalid_address", f"not an address of {provider.channel}")
        with self.audited.change(Change(Action.TEST_PROVIDER, f"provider/{id}", (tenant,)), by):
            result = self.caller.probe(known, provider)
            if result is not None:
                return _tried(result, probed=True)
            return _tried(self._send(known, provider, to, by), probed=False)

    def _send(self, tenant: Tenant, provider: ProviderConfig, to: str | None, by: Actor) -> ProviderResult:
        if to is None and provider.channel in ADDRESSED:
            raise _address_required(provider)
        recipient = recipient_at(provider, to)
        request = self._request(tenant, recipient, by)
        result = self._send_one(tenant, provider, request)
        if to is None and isinstance(result, Refused) and result.code == WITHOUT_TARGET:
            raise _address_required(provider)
        if provider.channel is Channel.ALERT and isinstance(result, Accepted):
            resolved = self._send_one(tenant, provider, _doing(request, AlertAction.RESOLVE))
            if not (isinstance(resolved, Refused) and resolved.code == WITHOUT_SUCH_AN_ACTION):
                return resolved if not isinstance(resolved, Accepted) else result
        return result

    def _send_one(self, tenant: Tenant, provider: ProviderConfig, request: NotificationRequest) -> ProviderResult:
        try:
            message = self.shape(provider.channel, request, request.recipient, tenant)
        except UnshapeableError as error:
            return Refused(kind=AttemptOutcome.PERMANENT, code=error.code)
        return self.caller.call(tenant, provider, message)

    def _request(self, tenant: Tenant, recipient: Recipient, by: Actor) -> NotificationRequest:
        id = time_ordered_id(by.now, self.randomness(10))
        text = f"Somebody tried out a provider of {tenant.name}. There is nothing to do."
        request = NotificationRequest(
            tenant=tenant.id,
            id=NotificationId(id),
            request_id=RequestId(id),
            recipient=recipient,
            category="system",
            type="provider.test",
            priority=Priority.LOW,
            accepted_at=by.now,
            sent_by=by.principal.name,
            content=Content(subject=TITLE, body=f"{TITLE}. {text}"),
        )
        return _doing(request, AlertAction.TRIGGER)


def recipient_at(provider: ProviderConfig, to: str | None) -> Recipient:
    """Return a recipient who is reached at `to` on the provider's channel."""
    recipient = Recipient(user_type=UserType("test"), user_id=UserId("test"))
    if to is None:
        return recipient
    match provider.channel:
        case Channel.EMAIL:
            return msgspec.structs.replace(recipient, email=to)
        case Channel.SMS | Channel.WHATSAPP:
            return msgspec.structs.replace(recipient, phone=to)
        case Channel.PUSH:
            return msgspec.structs.replace(recipient, device_tokens=(to,))
        case _:
            return msgspec.structs.replace(recipient, chat_targets={provider.vendor: to})


def _doing(request: NotificationRequest, action: AlertAction) -> NotificationRequest:
    alert = AlertContent(action=action, severity=Severity.INFO)
    return msgspec.structs.replace(request, content=msgspec.structs.replace(request.content, alert=alert))


def _tried(result: ProviderResult, *, probed: bool) -> Tried:
    match result:
        case Accepted():
            return Tried(outcome=AttemptOutcome.ACCEPTED, vendor_id=result.vendor_id, probed=probed)
        case Refused():
            return Tried(outcome=result.kind, code=result.code, probed=probed)
        case _:
            return Tried(outcome=AttemptOutcome.UNKNOWN, code=result.code, probed=probed)


def _address_required(provider: ProviderConfig) -> InvalidInputError:
    detail = f"{provider.vendor} has no call that costs nothing: a test message needs an address"
    return _fault("address_required", detail)


def _fault(code: str, detail: str) -> InvalidInputError:
    return InvalidInputError(faults=[Fault(pointer="/to", code=code, detail=detail)])
