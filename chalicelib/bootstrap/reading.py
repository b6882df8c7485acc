"""What users and services ask for themselves."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import now, table
from chalicelib.bootstrap.known import known_tenants
from chalicelib.bootstrap.saying import say
from chalicelib.bootstrap.sending import cancel
from chalicelib.bootstrap.stored import requests, states, stored_preferences, tenants
from chalicelib.domain.ids import TenantId
from chalicelib.settings import settings

if TYPE_CHECKING:
    from chalicelib.services.acknowledge import Acknowledge
    from chalicelib.services.find_notifications import FindNotifications
    from chalicelib.services.inbox import Inbox
    from chalicelib.services.inbox_many import InboxMany
    from chalicelib.services.manage_preferences import ManagePreferences
    from chalicelib.services.rate_limit import RateLimits
    from chalicelib.services.register_devices import RegisterDevices
    from chalicelib.services.subscribe_to_topics import SubscribeToTopics
    from chalicelib.services.track import Track
    from chalicelib.services.unsubscribe import Unsubscribe
    from chalicelib.store.cursors import Cursors


@cache
def inbox() -> "Inbox":
    """Return the use cases of one notification in its owner's inbox."""
    from chalicelib.services.inbox import Inbox

    return Inbox(requests(), states(), known_tenants(), say())


@cache
def acknowledge() -> "Acknowledge":
    """Return the use case of somebody who takes care of it."""
    from chalicelib.services.acknowledge import Acknowledge

    return Acknowledge(requests(), states(), cancel())


@cache
def inbox_many() -> "InboxMany":
    """Return the use cases of many notifications in their owner's inbox."""
    from chalicelib.services.inbox_many import InboxMany

    return InboxMany(requests(), states(), now)


@cache
def find_notifications() -> "FindNotifications":
    """Return the use case that finds a tenant's notifications."""
    from chalicelib.services.find_notifications import FindNotifications

    return FindNotifications(requests(), states())


@cache
def rate_limits() -> "RateLimits":
    """Return what counts calls and says when there were too many."""
    from chalicelib.domain.rate_limit import CALLS_A_MINUTE
    from chalicelib.services.rate_limit import RateLimits
    from chalicelib.store.rate_windows import RateWindowRows

    return RateLimits(RateWindowRows(table()), CALLS_A_MINUTE)


@cache
def cursors() -> "Cursors":
    """Return what seals the positions of listings."""
    from chalicelib.aws.secrets import secret
    from chalicelib.store.cursors import Cursors

    return Cursors(secret(settings().cursor_secret_arn))


@cache
def manage_preferences() -> "ManagePreferences":
    """Return the use case of users who choose."""
    from chalicelib.services.manage_preferences import ManagePreferences

    return ManagePreferences(stored_preferences(), known_tenants())


@cache
def register_devices() -> "RegisterDevices":
    """Return the use case of users who register devices."""
    from chalicelib.services.register_devices import RegisterDevices
    from chalicelib.store.devices import DeviceRows

    return RegisterDevices(DeviceRows(table()))


@cache
def subscribe_to_topics() -> "SubscribeToTopics":
    """Return the use case of users who subscribe to topics."""
    from chalicelib.services.subscribe_to_topics import SubscribeToTopics
    from chalicelib.store.topics import TopicRows

    return SubscribeToTopics(TopicRows(table()))


@cache
def unsubscribe() -> "Unsubscribe":
    """Return the use case that ends subscriptions to e-mails."""
    from chalicelib.services.unsubscribe import Unsubscribe

    return Unsubscribe(stored_preferences(), known_tenants())


@cache
def track() -> "Track":
    """Return the use case that records what becomes of e-mails."""
    from chalicelib.services.track import Track

    return Track(states(), known_tenants(), inbox().read)


def reachable() -> dict[str, bool]:
    """Return whether the table, the topic and the queues of a send can be reached."""
    from chalicelib.aws import health

    configured = settings()
    return health.reachable(
        {
            "table": lambda: tenants().get(TenantId.platform()),
            "topic": lambda: health.check_topic(configured.topic_arn),
            "queues": lambda: health.check_queues(
                configured.dispatch_queue, *(lane.queue for lane in configured.lanes.values())
            ),
        }
    )
