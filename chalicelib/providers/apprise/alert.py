"""Alerts through Apprise: the incident's key and what happens to it go along in the parameters of each service."""

from functools import partial
from typing import Final

from chalicelib.domain.content import AlertAction
from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.service import Service

_Alert = partial(Service, channel=Channel.ALERT, dedup="dedup")
_TRIGGER_AND_RESOLVE: Final = {AlertAction.TRIGGER: "trigger", AlertAction.RESOLVE: "resolve"}
_ALL_ACTIONS: Final = {**_TRIGGER_AND_RESOLVE, AlertAction.ACKNOWLEDGE: "acknowledge"}

SERVICES: Final = (
    _Alert(
        vendor="firehydrant",
        name="FireHydrant",
        plugin="firehydrant.NotifyFireHydrant",
        schemes=("firehydrant",),
        documentation="https://docs.firehydrant.com/docs/events-data-model",
        example="firehydrant://ingest-token",
        parameters=frozenset({"tags"}),
        actions=_TRIGGER_AND_RESOLVE,
    ),
    _Alert(
        vendor="goalert",
        name="GoAlert",
        plugin="goalert.NotifyGoAlert",
        schemes=("goalert", "goalerts"),
        documentation="https://goalert.me/docs#GenericAPI",
        example="goalerts://goalert.example.com/00000000-0000-4000-8000-000000000000",
        limit=6_144,
        hosted=True,
        actions={AlertAction.TRIGGER: "trigger", AlertAction.RESOLVE: "close"},
    ),
    _Alert(
        vendor="ilert",
        name="ilert",
        plugin="ilert.NotifyILert",
        schemes=("ilert",),
        documentation="https://docs.ilert.com/developer-docs/rest-api/api-reference/events",
        example="ilert://integration-key",
        parameters=frozenset({"priority"}),
        actions=_ALL_ACTIONS,
    ),
    _Alert(
        vendor="incident_io",
        name="incident.io",
        plugin="incidentio.NotifyIncidentIO",
        schemes=("incidentio",),
        documentation="https://docs.incident.io/api-reference/alert-events-v2/createhttp",
        example="incidentio://source0id/api-token",
        actions=_TRIGGER_AND_RESOLVE,
    ),
    _Alert(
        vendor="opsgenie",
        name="Opsgenie",
        plugin="opsgenie.NotifyOpsgenie",
        schemes=("opsgenie",),
        documentation="https://docs.opsgenie.com/docs/alert-api",
        example="opsgenie://00000000-0000-4000-8000-000000000000",
        limit=15_000,
        parameters=frozenset({"entity", "priority", "region", "tags"}),
        dedup="alias",
        # To acknowledge and to close, Apprise needs to remember what it opened, and here it remembers nothing.
        actions={AlertAction.TRIGGER: "new"},
    ),
    _Alert(
        vendor="pagertree",
        name="PagerTree",
        plugin="pagertree.NotifyPagerTree",
        schemes=("pagertree",),
        documentation="https://pagertree.com/docs/integration-guides/webhook",
        example="pagertree://int_0123456789",
        parameters=frozenset({"tags", "urgency"}),
        actions={**_ALL_ACTIONS, AlertAction.TRIGGER: "create"},
    ),
    _Alert(
        vendor="signl4",
        name="SIGNL4",
        plugin="signl4.NotifySIGNL4",
        schemes=("signl4",),
        documentation="https://docs.signl4.com/integrations/webhook/webhook.html",
        example="signl4://team-secret",
        parameters=frozenset({"alerting_scenario", "location", "service"}),
        actions=_ALL_ACTIONS,
    ),
    _Alert(
        vendor="splunk_oncall",
        name="Splunk On-Call",
        plugin="splunk.NotifySplunk",
        schemes=("splunk", "victorops"),
        documentation="https://help.victorops.com/knowledge-base/rest-endpoint-integration-guide/",
        example="splunk://routing-key@api-key",
        limit=400,
        dedup="entity_id",
        # Whether an alert opens an incident depends on how bad it is: Apprise tells them apart by that.
        actions={
            AlertAction.TRIGGER: "map",
            AlertAction.ACKNOWLEDGE: "acknowledgement",
            AlertAction.RESOLVE: "recovery",
        },
    ),
    _Alert(
        vendor="squadcast",
        name="Squadcast",
        plugin="squadcast.NotifySquadcast",
        schemes=("squadcast",),
        documentation="https://support.squadcast.com/integrations/incident-webhook-incident-webhook-api",
        example="squadcast://webhook-key",
        limit=30_000,
        parameters=frozenset({"priority", "region"}),
        actions=_TRIGGER_AND_RESOLVE,
    ),
)
