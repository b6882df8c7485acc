"""The rows of the table. `k` says of which kind a row is, `z` of which version its layout is.

Attributes of rows whose writes are counted (`R`, `N`, the unread mark) have short names: names are paid for, too.
"""

from typing import Final

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.models import Model

from chalicelib.domain.allowance import Usage
from chalicelib.domain.state import NotificationState
from chalicelib.domain.words import Reason, StopOn, Strategy
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import Key
from chalicelib.store.attributes import (
    BasisAttribute,
    DeliveriesAttribute,
    RelaysAttribute,
    TakenAttribute,
    WordAttribute,
)

LAYOUT: Final = 1


class Item(Model):
    """Any row. `ttl` is when it may be removed, in seconds since the epoch; None for rows that stay."""

    pk = UnicodeAttribute(hash_key=True, attr_name="PK")
    sk = UnicodeAttribute(range_key=True, attr_name="SK")
    kind = DiscriminatorAttribute(attr_name="k")
    layout = NumberAttribute(attr_name="z", default_for_new=LAYOUT)
    ttl = NumberAttribute(null=True)

    @property
    def key(self) -> Key:
        """The primary key."""
        return Key(self.pk, self.sk)


class RequestItem(Item, discriminator="R"):
    """A request, and where it is listed."""

    feed = UnicodeAttribute(attr_name="GSI1PK")
    feed_moment = UnicodeAttribute(attr_name="GSI1SK")
    listing = UnicodeAttribute(attr_name="GSI2PK")
    listing_moment = UnicodeAttribute(attr_name="GSI2SK")
    body = UnicodeAttribute(attr_name="j")


class StateItem(Item, discriminator="N"):
    """A state: each field an attribute of its own, for conditions look at them."""

    user_type = UnicodeAttribute(attr_name="ut")
    user_id = UnicodeAttribute(attr_name="ui")
    accepted_at = NumberAttribute(attr_name="at")
    strategy = WordAttribute(Strategy, attr_name="st")
    category = UnicodeAttribute(attr_name="ca")
    type = UnicodeAttribute(attr_name="ty", null=True)
    deliveries = DeliveriesAttribute(attr_name="d")
    reason = WordAttribute(Reason, attr_name="re", null=True)
    version = NumberAttribute(attr_name="v")
    basis = BasisAttribute(attr_name="b", null=True)
    stop_on = WordAttribute(StopOn, attr_name="so", null=True)
    relays = RelaysAttribute(attr_name="rl", null=True)
    digest = UnicodeAttribute(attr_name="dg", null=True)
    expires_at = NumberAttribute(attr_name="ex", null=True)
    read_at = NumberAttribute(attr_name="ra", null=True)
    acknowledged_at = NumberAttribute(attr_name="ka", null=True)
    archived_at = NumberAttribute(attr_name="aa", null=True)
    deleted_at = NumberAttribute(attr_name="da", null=True)
    cancelled_at = NumberAttribute(attr_name="xa", null=True)
    opened_at = NumberAttribute(attr_name="o", null=True)
    clicked_at = NumberAttribute(attr_name="c", null=True)

    @classmethod
    def of(cls, state: NotificationState, ttl: int) -> "StateItem":
        """Return the row of a state. What is None or empty is left out."""
        fields = {name: getattr(state, name) for name in _STATE_FIELDS}
        return cls(
            *keys.state(state.tenant, state.id),
            ttl=ttl,
            **{name: value for name, value in fields.items() if value is not None and value != ()},
        )

    @property
    def state(self) -> NotificationState:
        """The state that the row holds."""
        ref = keys.notification_in(self.pk)
        fields = {name: getattr(self, name) for name in _STATE_FIELDS}
        return NotificationState(
            tenant=ref.tenant, id=ref.id, **{name: value for name, value in fields.items() if value is not None}
        )


_STATE_FIELDS: Final = tuple(name for name in NotificationState.__struct_fields__ if name not in ("tenant", "id"))


class UnreadItem(Item, discriminator="M"):
    """The mark that a notification waits to be read. Its key says all."""


class IdempotencyItem(Item, discriminator="I"):
    """What is remembered of a request under an Idempotency-Key."""

    accepted_at = NumberAttribute(attr_name="at")
    body = UnicodeAttribute()


class RecipientItem(Item, discriminator="U"):
    """A recipient."""

    body = UnicodeAttribute()


class DeviceItem(Item, discriminator="V"):
    """A device of a user."""

    body = UnicodeAttribute()


class DeviceOwnerItem(Item, discriminator="Y"):
    """Whose a device is: of whoever registered it last."""

    user_type = UnicodeAttribute()
    user_id = UnicodeAttribute()


class TopicSubscriptionItem(Item, discriminator="O"):
    """A user's subscription to a topic: in the user's partition, and in the topic's, where its key says who it is."""

    body = UnicodeAttribute()


class DocumentItem(Item, discriminator="D"):
    """What was set up, such as a tenant or provider; replaced as a whole, if nobody did so before."""

    version = NumberAttribute()
    body = UnicodeAttribute()


class TemplateItem(Item, discriminator="K"):
    """A template. `deleted`: it was, and what is left of it keeps its numbers from being used again."""

    version = NumberAttribute()
    body = UnicodeAttribute()
    deleted = BooleanAttribute(null=True)


class ListedTemplateItem(Item, discriminator="F"):
    """A template's entry in the list of its tenant's. Its key says all."""


class TemplateVersionItem(Item, discriminator="H"):
    """A version of a template, but for what it says; in which languages it says it."""

    body = UnicodeAttribute()
    languages = UnicodeAttribute()


class LocalizationItem(Item, discriminator="J"):
    """What a version of a template says in one language."""

    body = UnicodeAttribute()


class RegisteredItem(Item, discriminator="T"):
    """A tenant's entry in the registry. Its key says all."""


class AuditItem(Item, discriminator="A"):
    """An entry of the audit log."""

    body = UnicodeAttribute()


class SweepItem(Item, discriminator="S"):
    """How far the sweeper has come in a tenant."""

    until = NumberAttribute()


class SuppressionItem(Item, discriminator="L"):
    """An address on a suppression list."""

    body = UnicodeAttribute()


class UsageItem(Item, discriminator="C"):
    """What was released to a user, as caps count it. `token` says which call wrote this version."""

    version = NumberAttribute(attr_name="v")
    taken = TakenAttribute(attr_name="l")
    token = UnicodeAttribute(attr_name="c")

    @property
    def usage(self) -> Usage:
        """The usage that the row holds."""
        return Usage(taken=self.taken, version=int(self.version))


class SpentItem(Item, discriminator="P"):
    """What was spent of a budget in a period, in millionths. `token` says which call added last."""

    spent = NumberAttribute(attr_name="n")
    token = UnicodeAttribute(attr_name="c")


class RateWindowItem(Item, discriminator="W"):
    """What was taken of a rate, by slots of time."""

    version = NumberAttribute(attr_name="v")
    body = UnicodeAttribute(attr_name="j")


class CircuitItem(Item, discriminator="Q"):
    """The last transition of a provider's breakers."""

    version = NumberAttribute(attr_name="v")
    body = UnicodeAttribute(attr_name="j")


class CancelledGroupItem(Item, discriminator="X"):
    """The tombstone of a group: what was accepted until then is cancelled."""

    cancelled_at = NumberAttribute(attr_name="xa")


class GroupMembersItem(Item, discriminator="G"):
    """The notifications of one request that belong to a group: their ids, 16 bytes each."""

    ids = BinaryAttribute(legacy_encoding=False)


class DueItem(Item, discriminator="E"):
    """Something that comes due. Its key says all."""


class DigestItem(Item, discriminator="B"):
    """What is collected for a digest: ids of 16 bytes each, those of the open window and those of the sealed one."""

    version = NumberAttribute(attr_name="v")
    opened_at = NumberAttribute(attr_name="oa")
    closes_at = NumberAttribute(attr_name="ca")
    entries = BinaryAttribute(attr_name="e", legacy_encoding=False, null=True)
    sealed = BinaryAttribute(attr_name="s", legacy_encoding=False, null=True)
