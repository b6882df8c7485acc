"""Which hosts inside the operator's network tenants may name: none, unless the operator says so."""

import re

from chalicelib.providers.guard import HostGuard
from chalicelib.settings import Settings
from infra.merge import read_lanes
from tests.infra.reading import Template, resources_of


def test_tenants_reach_what_is_inside_only_where_the_vendors_are_on_this_machine(template: Template) -> None:
    local = template["Globals"]["Function"]["Environment"]["Variables"]["HERALD_STAGE"] == "local"
    default = template["Parameters"]["InternalHosts"]["Default"]

    guard = HostGuard(Settings({"HERALD_INTERNAL_HOSTS": default}).internal_hosts)

    assert guard.allows("127.0.0.1") is local
    assert guard.allows("db.corp.example.com") is local


def test_who_calls_vendors_is_told_what_the_operator_allows(template: Template) -> None:
    told = {
        id
        for id, function in resources_of(template, "Serverless::Function").items()
        if function.get("Environment", {}).get("Variables", {}).get("HERALD_INTERNAL_HOSTS") == {"Ref": "InternalHosts"}
    }

    assert told == {"APIHandler", *(f"Deliver{lane.id}" for lane in read_lanes())}


def test_the_parameter_takes_patterns_and_nothing_else(template: Template) -> None:
    allowed = re.compile(template["Parameters"]["InternalHosts"]["AllowedPattern"])

    assert all(map(allowed.match, ("", "*", "*.corp.example.com, chat.internal", "10.1.2.3,fd00::7")))
    assert not any(map(allowed.match, ("https://a.example.com", "10.0.0.0/8", "a;b", "[::1]")))
