"""Push notifications through Apprise: to whom the URL says or, where it has a `{target}`, to each device.

Users register device tokens themselves, and many services would take one for a topic, a group or everybody: `target`
is what one device of a service looks like, and no other token is sent to.
"""

from functools import partial
from typing import Final

from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.service import Service

_Push = partial(Service, channel=Channel.PUSH, sample="device-1")

SERVICES: Final = (
    _Push(
        vendor="bark",
        name="Bark",
        plugin="bark.NotifyBark",
        schemes=("bark", "barks"),
        documentation="https://github.com/Finb/bark-server/blob/master/docs/API_V2.md",
        example="barks://bark.example.com/{target}",
        hosted=True,
        parameters=frozenset({"group", "level", "sound"}),
        target=r"[A-Za-z0-9_-]+",
    ),
    _Push(
        vendor="gorush",
        name="Gorush",
        plugin="gorush.NotifyGorush",
        schemes=("gorush", "gorushs"),
        documentation="https://github.com/appleboy/gorush#run-web-server",
        example="gorushs://gorush.example.com/{target}?platform=android",
        limit=4_000,
        hosted=True,
        parameters=frozenset({"platform", "priority", "sound", "topic"}),
        target=r"[A-Za-z0-9_:-]+",
    ),
    _Push(
        vendor="gotify",
        name="Gotify",
        plugin="gotify.NotifyGotify",
        schemes=("gotify", "gotifys"),
        documentation="https://gotify.net/api-docs",
        example="gotifys://gotify.example.com/app-token",
        hosted=True,
        parameters=frozenset({"priority"}),
        # An application's token, which is one user's.
        sample="A0123456789abcd",
        target=r"A[A-Za-z0-9._-]{14}",
    ),
    _Push(
        vendor="ntfy",
        name="ntfy",
        plugin="ntfy.NotifyNtfy",
        schemes=("ntfy", "ntfys"),
        documentation="https://docs.ntfy.sh/publish/#publish-as-json",
        example="ntfys://ntfy.example.com/topic",
        limit=7_800,
        hosted=True,
        parameters=frozenset({"priority"}),
        fixed={"mode": "private"},
        # One device's registration with UnifiedPush (https://docs.ntfy.sh/config/#example-unifiedpush); other topics
        # may have any number of subscribers.
        sample="up0123456789ab",
        target=r"up[A-Za-z0-9]{12}",
    ),
    _Push(
        vendor="prowl",
        name="Prowl",
        plugin="prowl.NotifyProwl",
        schemes=("prowl",),
        documentation="https://www.prowlapp.com/api.php#add",
        example="prowl://" + "0" * 40,
        limit=10_000,
        parameters=frozenset({"priority"}),
        sample="0" * 40,
        target=r"[A-Za-z0-9]{40}",
    ),
    _Push(
        vendor="pushbullet",
        name="Pushbullet",
        plugin="pushbullet.NotifyPushBullet",
        schemes=("pbul",),
        documentation="https://docs.pushbullet.com/#create-push",
        example="pbul://access-token",
        # Neither a channel (#) nor an e-mail address.
        sample="ujpah72o0sjAoRtnM0jc",
        target=r"[A-Za-z0-9]+",
    ),
    _Push(
        vendor="pushover",
        name="Pushover",
        plugin="pushover.NotifyPushover",
        schemes=("pover",),
        documentation="https://pushover.net/api",
        example="pover://" + "u" * 30 + "@" + "a" * 30,
        limit=1_024,
        parameters=frozenset({"priority", "sound"}),
        # A user's key; a group's begins with g (https://pushover.net/api/groups). Not the name of a device: one that
        # Pushover does not know is all devices of the account.
        sample="u" * 30,
        target=r"u[A-Za-z0-9]{29}",
        url=r"pover://(\{target\}@)?[^{]+",
    ),
    _Push(
        vendor="pushsafer",
        name="Pushsafer",
        plugin="pushsafer.NotifyPushSafer",
        schemes=("psafers",),
        documentation="https://www.pushsafer.com/en/pushapi",
        example="psafers://private-key",
        limit=5_000,
        parameters=frozenset({"priority", "sound", "vibration"}),
        # A group is gs1, everybody a (https://www.pushsafer.com/en/pushapi_ext).
        sample="52",
        target=r"[0-9]+",
    ),
    _Push(
        vendor="pushy",
        name="Pushy",
        plugin="pushy.NotifyPushy",
        schemes=("pushy",),
        documentation="https://pushy.me/docs/api/send-notifications",
        example="pushy://secret-api-key/@{target}",
        limit=4_096,
        parameters=frozenset({"badge", "sound"}),
        # Without the @ Apprise takes it for a topic.
        sample="a0b1c2d3e4f5",
        target=r"[a-z0-9]+",
        url=r"pushy://([^{]|(?<=/@)\{target\})+",
    ),
)
