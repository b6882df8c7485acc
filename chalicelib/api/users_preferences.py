"""A user's own preferences. Other users' have no path: they answer 404 like any that there is not."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.path import channel_name
from chalicelib.api.preference_models import ChannelSwitch, PreferencesAnswer, PreferencesBody
from chalicelib.api.route import Routes
from chalicelib.api.users_models import owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError

routes = Routes(__name__, tag="Preferences")
PREFERENCES = "/api/v1/users/me/preferences"


@routes.add("GET", PREFERENCES, needs=Permission.OWN, summary="Look at my preferences", answer=PreferencesAnswer)
def get_preferences(call: Call) -> PreferencesAnswer:
    """Answer what the caller chose, and what holds where they did not."""
    return PreferencesAnswer.of_choices(bootstrap.manage_preferences().get(owner_of(call)), call.now)


@routes.add(
    "PUT",
    PREFERENCES,
    needs=Permission.OWN,
    summary="Choose my preferences, all of them anew",
    body=PreferencesBody,
    answer=PreferencesAnswer,
    raises=(ConflictError,),
)
def put_preferences(call: Call, body: PreferencesBody) -> PreferencesAnswer:
    """Let these choices take the place of all earlier ones."""
    manage = bootstrap.manage_preferences()
    choices = manage.replace(owner_of(call), body.preferences(), call.now, body.version)
    return PreferencesAnswer.of_choices(choices, call.now)


@routes.add(
    "PUT",
    PREFERENCES + "/channels/{channel}",
    needs=Permission.OWN,
    summary="Turn a channel on or off",
    body=ChannelSwitch,
    answer=PreferencesAnswer,
    raises=(NotFoundError,),
)
@routes.add(
    "PUT",
    PREFERENCES + "/{channel}",
    needs=Permission.OWN,
    summary="Turn a channel on or off (in short)",
    body=ChannelSwitch,
    answer=PreferencesAnswer,
    raises=(NotFoundError,),
)
def turn_channel(call: Call, body: ChannelSwitch, channel: str) -> PreferencesAnswer:
    """Turn a channel on or off; everything else stays."""
    choices = bootstrap.manage_preferences().turn(owner_of(call), channel_name(channel), enabled=body.enabled)
    return PreferencesAnswer.of_choices(choices, call.now)
