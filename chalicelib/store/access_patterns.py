"""Every key of the table, and every way it is read. Read this first, change this first.

A key is built from a `TenantId` and nothing else, in the indexes too; rows of the platform itself belong to the
reserved tenant `_platform`. Parts of a key are escaped, so a user id may hold a `#`. `stamp` is a time in
milliseconds, 13 digits; `hour` counts hours from the epoch. Only `R` has index keys, and they never change. Index
reads lag: nothing decides on them. There is no Scan.

| pattern                          | operation                 | PK              | SK              | index | reads    |
|----------------------------------|---------------------------|-----------------|-----------------|-------|----------|
| request of a notification        | Put, Update (ttl), Get,   | T#t#N#id        | R               |       | either   |
|                                  | BatchGet                  |                 |                 |       |          |
| state of a notification          | Put, Update, Get,         | T#t#N#id        | N               |       | strong   |
|                                  | BatchGet                  |                 |                 |       |          |
| a user's notifications, newest   | Query                     | T#t#F#type#user | stamp#id        | GSI1  | eventual |
| first                            |                           |                 |                 |       |          |
| a tenant's notifications, newest | Query, 8 shards merged    | T#t#L#hour#0..7 | stamp#id        | GSI2  | eventual |
| first                            |                           |                 |                 |       |          |
| request under an Idempotency-Key | Put                       | T#t#I#sha256    | I               |       | strong   |
| recipient                        | Put, Get, Delete          | T#t#U#type#user | RECIPIENT       |       | strong   |
| preferences of a user            | Put, Get, BatchGet        | T#t#U#type#user | PREFS           |       | either   |
| what was released to a user      | Put, Get, BatchGet        | T#t#U#type#user | USAGE           |       | either   |
| what is collected for a digest   | Put, Get                  | T#t#U#type#user | DIGEST#category |       | strong   |
| devices of a user                | Put, Delete, Query        | T#t#U#type#user | DEV#id          |       | strong   |
| whose a device is now            | Put, Get, Delete          | T#t#D#id        | D               |       | strong   |
| topics that a user subscribed to | Put, Get, Delete, Query   | T#t#U#type#user | TOPIC#key       |       | strong   |
| members of a topic               | Put, Delete, Query        | T#t#TOPIC#k#0.. | type#user       |       | strong   |
|                                  |                           | 31              |                 |       |          |
| what a user has not read: count, | Query, Get, Put, Delete   | T#t#U#type#user | UNREAD#stamp#id |       | strong   |
| list, oldest first               |                           |                 |                 |       |          |
| address on a suppression list    | Put, Get, Delete,         | T#t#S#channel#h | sha256          |       | either   |
|                                  | BatchGet                  |                 |                 |       |          |
| a channel's suppression list     | Query, 16 shards in turn  | T#t#S#channel#h | sha256          |       | strong   |
| tombstone of a group that is     | Put, BatchGet             | T#t#G#kind#hash | X               |       | strong   |
| cancelled (a key's, a batch's)   |                           |                 |                 |       |          |
| who belongs to a group, request  | Put, Query                | T#t#G#kind#hash | M#request       |       | strong   |
| by request                       |                           |                 |                 |       |          |
| tenant                           | Put, Get                  | T#t             | TENANT          |       | strong   |
| providers of a tenant            | Put, Get, Delete, Query   | T#t             | PROVIDER#id     |       | strong   |
| which of them were ill, and when | Put, Query                | T#t             | BREAKER#id      |       | strong   |
| escalation policies of a tenant  | Put, Get, Delete, Query   | T#t             | POLICY#id       |       | strong   |
| on-call rotas of a tenant        | Put, Get, Delete, Query   | T#t             | ROTA#id         |       | strong   |
| layouts of a tenant, in order    | Put, Get, Delete, Query   | T#t             | LAYOUT#key      |       | strong   |
| partials of a tenant, in order   | Put, Get, Delete, Query   | T#t             | PARTIAL#key     |       | strong   |
| categories of a tenant, in order | Put, Get, Delete, Query   | T#t             | CATEGORY#key    |       | strong   |
| lookups of a tenant              | Put, Get, Delete, Query   | T#t             | LOOKUP#type#code|       | strong   |
| keys of a tenant's templates, in | Put, Delete, Query        | T#t             | TEMPLATE#key    |       | strong   |
| order                            |                           |                 |                 |       |          |
| template                         | Put, Update, Get,         | T#t#TPL#key     | META            |       | strong   |
|                                  | BatchGet                  |                 |                 |       |          |
| a version of a template, and of  | Put, Query                | T#t#TPL#key     | V#0003,         |       | strong   |
| it each language                 |                           |                 | V#0003#L#fr-CA  |       |          |
| versions without what they say   | BatchGet                  | T#t#TPL#key     | V#0003          |       | strong   |
| how far the sweeper has come     | Put, Get                  | T#t             | SWEEP           |       | strong   |
| what was spent of a budget in a  | Update, BatchGet          | T#t#M#period    | SPENT#category, |       | eventual |
| day (2026-11-21) or month        |                           |                 | SPENT (all)     |       |          |
| what was taken of a rate: calls  | Update                    | T#t#W#name      | W               |       | strong   |
| of a caller, sends on a channel  |                           |                 |                 |       |          |
| audit log by month, newest first | Put, Query                | T#t#A#yyyy-mm   | stamp#id        |       | strong   |
| all tenants, in order            | Put, Query                | T#_platform     | TENANT#t        |       | strong   |
| service accounts, in order       | Put, Get, Delete, Query   | T#_platform     | CLIENT#id       |       | strong   |
| feature flags, in order          | Put, Get, Delete, Query   | T#_platform     | FLAG#name       |       | strong   |
| what comes due, by bucket        | Put, Query, BatchWrite    | DUE#bucket#0..31| T#t#kind#id     |       | strong   |

`h` is the first hex digit of the address's hash: a shard that a look-up finds as it finds the row, and that makes the
shards in their order the list in the order of hashes. The name of a group is a caller's own text of any length, hence
hashed.

A request never changes, but for when it may be removed, so any copy of it will do: it is read strongly only where an
eventual read does not find it.

A deleted template leaves its `META`, marked, and its versions: notifications may wait to be filled from them, and a
new template of the key goes on counting where that one ended, so that a number never means two things.

What comes due lies together whosever it is, so that one execution drains it: the one kind of key that does not begin
with its tenant. Its sort key does, and code that acts for a tenant may only touch such a row, never the partition.
`bucket` is a time in milliseconds. How far buckets were swept is the platform's own `SWEEP`.

Who reads the stream tells rows apart by SK: `R` is a request, `N` a state, and no other row has one of these.
"""

from hashlib import sha256
from typing import Final, NamedTuple
from zlib import crc32

from chalicelib.domain.fragment import FragmentKind
from chalicelib.domain.ids import (
    ClientId,
    DeviceId,
    FragmentKey,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TenantId,
    TopicKey,
    UserId,
    UserType,
)
from chalicelib.domain.lookup import LookupType
from chalicelib.domain.template import Locale
from chalicelib.domain.timer import SHARDS as DUE_SHARDS
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.topic import SHARDS as TOPIC_SHARDS
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef

FEED: Final = "GSI1"
LISTING: Final = "GSI2"
SHARDS: Final = 8
HOUR: Final = 3_600_000
STAMP: Final = 13
"""Digits of a stamp."""
_LAST: Final = 10**STAMP - 1
_DUE: Final = "DUE#"


class Key(NamedTuple):
    """The primary key of a row."""

    pk: str
    sk: str


class Rows(NamedTuple):
    """Some rows of a partition: those whose sort key lies between two texts, both included."""

    pk: str
    low: str
    high: str


def request(tenant: TenantId, id: NotificationId) -> Key:
    """Return the key of a request."""
    return Key(_partition(tenant, "N", id), "R")


def state(tenant: TenantId, id: NotificationId) -> Key:
    """Return the key of a state."""
    return Key(_partition(tenant, "N", id), "N")


def notification_in(pk: str) -> NotificationRef:
    """Return the notification whose partition key `pk` is; raises ValueError when it is no notification's."""
    match pk.split("#"):
        case ["T", tenant, "N", id]:
            return NotificationRef(TenantId(tenant), NotificationId(id))
    raise ValueError(f"not the partition of a notification: {pk[:64]!r}")


def tenant_in(pk: str) -> str:
    """Return the tenant whose rows lie under a partition key, of the table or of an index; raises ValueError."""
    match pk.split("#"):
        case ["T", tenant, *_]:
            return tenant
    raise ValueError(f"not the partition of a tenant: {pk[:64]!r}")


def feed(tenant: TenantId, user_type: UserType, user_id: UserId) -> str:
    """Return the GSI1 partition of a user's notifications."""
    return _partition(tenant, "F", user_type, user_id)


def listing(tenant: TenantId, hour: int, shard: int) -> str:
    """Return the GSI2 partition of one of the 8 shards of an hour; `hour` counts from the epoch."""
    return _partition(tenant, "L", str(hour), str(shard))


def shard_of(id: NotificationId) -> int:
    """Return the shard a notification is listed in."""
    return int(id[-1], 16) % SHARDS


def moment(at: Millis, id: str) -> str:
    """Return the sort key of what happened at a time: in its order, and unlike any other."""
    return f"{stamp(at)}#{id}"


def id_in(moment: str) -> NotificationId:
    """Return the id of the notification in the sort key that `moment` made."""
    return NotificationId(moment[STAMP + 1 :])


def stamp(at: int) -> str:
    """Return a time such that text sorts as time does. What is beyond 13 digits (the year 2286) counts as their end."""
    return f"{min(at, _LAST):0{STAMP}d}"


def last_instant(high: str) -> int:
    """Return the last time before the end of a listing; an end that is no moment but a bare stamp is not included."""
    return int(high[:STAMP]) - (0 if len(high) > STAMP else 1)


def idempotency(tenant: TenantId, route: str, key: str) -> Key:
    """Return the key of what is remembered of a request under an Idempotency-Key of a route."""
    digest = sha256(f"{len(route)}:{route}{key}".encode()).hexdigest()
    return Key(_partition(tenant, "I", digest), "I")


def recipient(tenant: TenantId, user_type: UserType, user_id: UserId) -> Key:
    """Return the key of a recipient."""
    return Key(_partition(tenant, "U", user_type, user_id), "RECIPIENT")


def preferences(tenant: TenantId, user_type: UserType, user_id: UserId) -> Key:
    """Return the key of a user's preferences."""
    return Key(_partition(tenant, "U", user_type, user_id), "PREFS")


def usage(tenant: TenantId, user_type: UserType, user_id: UserId) -> Key:
    """Return the key of what was released to a user."""
    return Key(_partition(tenant, "U", user_type, user_id), "USAGE")


def digest(tenant: TenantId, user_type: UserType, user_id: UserId, category: str) -> Key:
    """Return the key of what is collected of a category for a user."""
    return Key(_partition(tenant, "U", user_type, user_id), f"DIGEST#{_escaped(category)}")


def device(tenant: TenantId, user_type: UserType, user_id: UserId, id: DeviceId) -> Key:
    """Return the key of a user's device."""
    return Key(_partition(tenant, "U", user_type, user_id), f"DEV#{_escaped(id)}")


def device_owner(tenant: TenantId, id: DeviceId) -> Key:
    """Return the key of what says whose a device is."""
    return Key(_partition(tenant, "D", id), "D")


def all_devices(tenant: TenantId, user_type: UserType, user_id: UserId) -> Rows:
    """Return where a user's devices lie."""
    return _beginning(_partition(tenant, "U", user_type, user_id), "DEV")


def topic_subscription(tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> Key:
    """Return the key of a user's subscription to a topic."""
    return Key(_partition(tenant, "U", user_type, user_id), f"TOPIC#{_escaped(topic)}")


def all_topic_subscriptions(tenant: TenantId, user_type: UserType, user_id: UserId) -> Rows:
    """Return where a user's subscriptions lie."""
    return _beginning(_partition(tenant, "U", user_type, user_id), "TOPIC")


def topic_member(tenant: TenantId, topic: TopicKey, user_type: UserType, user_id: UserId) -> Key:
    """Return the key of a topic's member: in the shard that the user is always in."""
    sk = f"{_escaped(user_type)}#{_escaped(user_id)}"
    return Key(_partition(tenant, "TOPIC", topic, str(crc32(sk.encode()) % TOPIC_SHARDS)), sk)


def topic_members(tenant: TenantId, topic: TopicKey, shard: int) -> Rows:
    """Return where the members of a topic lie that are in a shard."""
    return Rows(_partition(tenant, "TOPIC", topic, str(shard)), "!", "~")


def member_in(sk: str) -> tuple[UserType, UserId]:
    """Return the user in the sort key that `topic_member` made."""
    user_type, user_id = map(_unescaped, sk.split("#"))
    return UserType(user_type), UserId(user_id)


def unread(tenant: TenantId, user_type: UserType, user_id: UserId, moment: str) -> Key:
    """Return the key of the mark that the notification of a moment waits to be read."""
    return Key(_partition(tenant, "U", user_type, user_id), f"UNREAD#{moment}")


def all_unread(tenant: TenantId, user_type: UserType, user_id: UserId) -> Rows:
    """Return where a user's marks lie."""
    return _beginning(_partition(tenant, "U", user_type, user_id), "UNREAD")


def suppression(tenant: TenantId, channel: Channel, digest: str) -> Key:
    """Return the key of an address on a suppression list, by its hash (`domain.suppression.address_hash`)."""
    return Key(_partition(tenant, "S", channel, digest[0]), digest)


def all_suppressions(tenant: TenantId, channel: Channel, first: str) -> list[Rows]:
    """Return where the addresses on the list of a channel lie, in the order of hashes, from the hash `first` on."""
    return [
        Rows(_partition(tenant, "S", channel, digit), max(first, digit), f"{digit}~")
        for digit in "0123456789abcdef"
        if digit >= first[:1]
    ]


def cancelled_group(tenant: TenantId, kind: str, name: str) -> Key:
    """Return the key of a group's tombstone."""
    return Key(_group(tenant, kind, name), "X")


def group_members(tenant: TenantId, kind: str, name: str, request: str) -> Key:
    """Return the key of those of a request's notifications that belong to a group."""
    return Key(_group(tenant, kind, name), f"M#{_escaped(request)}")


def all_group_members(tenant: TenantId, kind: str, name: str) -> Rows:
    """Return where the members of a group lie."""
    return _beginning(_group(tenant, kind, name), "M")


def tenant(tenant: TenantId) -> Key:
    """Return the key of a tenant."""
    return Key(_partition(tenant), "TENANT")


def provider(tenant: TenantId, id: ProviderId) -> Key:
    """Return the key of a provider."""
    return Key(_partition(tenant), f"PROVIDER#{_escaped(id)}")


def all_providers(tenant: TenantId) -> Rows:
    """Return where a tenant's providers lie."""
    return _beginning(_partition(tenant), "PROVIDER")


def circuit(tenant: TenantId, provider: ProviderId) -> Key:
    """Return the key of a provider's last transition."""
    return Key(_partition(tenant), f"BREAKER#{_escaped(provider)}")


def all_circuits(tenant: TenantId) -> Rows:
    """Return where the last transitions of a tenant's providers lie."""
    return _beginning(_partition(tenant), "BREAKER")


def policy(tenant: TenantId, id: PolicyId) -> Key:
    """Return the key of an escalation policy."""
    return Key(_partition(tenant), f"POLICY#{_escaped(id)}")


def all_policies(tenant: TenantId) -> Rows:
    """Return where a tenant's escalation policies lie."""
    return _beginning(_partition(tenant), "POLICY")


def rota(tenant: TenantId, id: RotaId) -> Key:
    """Return the key of an on-call rota."""
    return Key(_partition(tenant), f"ROTA#{_escaped(id)}")


def all_rotas(tenant: TenantId) -> Rows:
    """Return where a tenant's on-call rotas lie."""
    return _beginning(_partition(tenant), "ROTA")


def fragment(tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Key:
    """Return the key of a layout or partial."""
    return Key(_partition(tenant), f"{kind.upper()}#{_escaped(key)}")


def all_fragments(tenant: TenantId, kind: FragmentKind) -> Rows:
    """Return where a tenant's layouts or partials lie."""
    return _beginning(_partition(tenant), kind.upper())


def category(tenant: TenantId, key: str) -> Key:
    """Return the key of a category."""
    return Key(_partition(tenant), f"CATEGORY#{_escaped(key)}")


def all_categories(tenant: TenantId) -> Rows:
    """Return where a tenant's categories lie."""
    return _beginning(_partition(tenant), "CATEGORY")


def lookup(tenant: TenantId, type: LookupType, code: str) -> Key:
    """Return the key of a code of a list."""
    return Key(_partition(tenant), f"LOOKUP#{type}#{_escaped(code)}")


def all_lookups(tenant: TenantId) -> Rows:
    """Return where the codes of all lists of a tenant lie."""
    return _beginning(_partition(tenant), "LOOKUP")


def flag(name: str) -> Key:
    """Return the key of a feature flag."""
    return Key(_partition(TenantId.platform()), f"FLAG#{_escaped(name)}")


def all_flags() -> Rows:
    """Return where the feature flags lie."""
    return _beginning(_partition(TenantId.platform()), "FLAG")


def listed_template(tenant: TenantId, key: TemplateKey) -> Key:
    """Return the key of a template's entry in the list of its tenant's."""
    return Key(_partition(tenant), f"TEMPLATE#{_escaped(key)}")


def all_listed_templates(tenant: TenantId) -> Rows:
    """Return where the list of a tenant's templates lies."""
    return _beginning(_partition(tenant), "TEMPLATE")


def template(tenant: TenantId, key: TemplateKey) -> Key:
    """Return the key of a template."""
    return Key(_partition(tenant, "TPL", key), "META")


def template_version(tenant: TenantId, key: TemplateKey, number: int) -> Key:
    """Return the key of a version of a template."""
    return Key(_partition(tenant, "TPL", key), f"V#{number:04d}")


def template_localization(tenant: TenantId, key: TemplateKey, number: int, locale: Locale) -> Key:
    """Return the key of what a version of a template says in a language."""
    version = template_version(tenant, key, number)
    return Key(version.pk, f"{version.sk}#L#{_escaped(locale)}")


def locale_in(sk: str) -> Locale:
    """Return the language in the sort key that `template_localization` made."""
    return Locale(_unescaped(sk.split("#", 3)[3]))


def whole_template_version(tenant: TenantId, key: TemplateKey, number: int) -> Rows:
    """Return where a version of a template lies with all that it says."""
    version = template_version(tenant, key, number)
    return Rows(version.pk, version.sk, f"{version.sk}$")


def sweep(tenant: TenantId) -> Key:
    """Return the key of the sweeper's cursor in a tenant."""
    return Key(_partition(tenant), "SWEEP")


def spent(tenant: TenantId, period: str, category: str | None) -> Key:
    """Return the key of what was spent in a day (`2026-11-21`) or month (`2026-11`), of a category or of all."""
    return Key(_partition(tenant, "M", period), "SPENT" if category is None else f"SPENT#{_escaped(category)}")


def rate_window(tenant: TenantId, name: str) -> Key:
    """Return the key of what was taken of a rate."""
    return Key(_partition(tenant, "W", name), "W")


def audit(tenant: TenantId, month: str) -> str:
    """Return the partition of the audit log of a month (`2026-11`)."""
    return _partition(tenant, "A", month)


def registered(tenant: TenantId) -> Key:
    """Return the key of a tenant's entry in the registry."""
    return Key(_partition(TenantId.platform()), f"TENANT#{tenant}")


def all_registered() -> Rows:
    """Return where the registry lies."""
    return _beginning(_partition(TenantId.platform()), "TENANT")


def service_account(client: ClientId) -> Key:
    """Return the key of a service account."""
    return Key(_partition(TenantId.platform()), f"CLIENT#{_escaped(client)}")


def all_service_accounts() -> Rows:
    """Return where the service accounts lie."""
    return _beginning(_partition(TenantId.platform()), "CLIENT")


def _group(tenant: TenantId, kind: str, name: str) -> str:
    return _partition(tenant, "G", kind, sha256(name.encode()).hexdigest())


def due(bucket: int, due: Due) -> Key:
    """Return the key of what comes due in a bucket."""
    sk = _partition(due.tenant, due.kind, due.id)
    return Key(f"{_DUE}{bucket}#{crc32(sk.encode()) % DUE_SHARDS}", sk)


def all_due(bucket: int, shard: int) -> Rows:
    """Return where all lies that comes due in a shard of a bucket."""
    return _beginning(f"{_DUE}{bucket}#{shard}", "T")


def due_in(sk: str) -> Due:
    """Return what comes due by the sort key that `due` made; raises ValueError when it is another's."""
    match sk.split("#"):
        case ["T", tenant, kind, id]:
            known = next((each for each in DueKind if each == kind), None)
            return Due(tenant=TenantId(tenant), kind=known or kind, id=_unescaped(id))
    raise ValueError(f"nothing comes due by {sk[:64]!r}")


def is_shared(pk: str) -> bool:
    """Return whether rows of several tenants lie under a partition key, whose sort keys then tell whose they are."""
    return pk.startswith(_DUE)


def _beginning(pk: str, kind: str) -> Rows:
    # `$` follows `#`: the span holds exactly what begins with `kind#`.
    return Rows(pk, f"{kind}#", f"{kind}$")


def _partition(tenant: TenantId, *parts: str) -> str:
    if type(tenant) is not TenantId:
        raise TypeError(f"a key needs a TenantId, not {type(tenant).__name__}")
    return "#".join(("T", tenant, *map(_escaped, parts)))


def _escaped(part: str) -> str:
    return part.replace("%", "%25").replace("#", "%23")


def _unescaped(part: str) -> str:
    return part.replace("%23", "#").replace("%25", "%")
