"""What a tenant may not write into an Apprise URL."""

from contextlib import suppress

import pytest

from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.messages import is_target
from chalicelib.providers.apprise.service import Service
from chalicelib.providers.apprise.services import SERVICES, service_of, vendors_of
from chalicelib.providers.apprise.urls import UnusableUrlError, filled, plugin_of
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.registry import setting_faults

UUID = "00000000-0000-4000-8000-000000000000"
CLEAR = [
    (key, scheme) for key, service in SERVICES.items() for scheme in service.schemes if f"{scheme}s" in service.schemes
]


def codes(channel: Channel, vendor: str, url: object, guard: HostGuard = PUBLIC_ONLY) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in setting_faults(channel, vendor, {}, {"url": url}, guard)]


@pytest.mark.parametrize(("channel", "vendor"), list(SERVICES), ids=str)
def test_the_example_of_every_service_may_be_stored(channel: Channel, vendor: str) -> None:
    assert codes(channel, vendor, service_of(channel, vendor).example) == []


@pytest.mark.parametrize(
    "scheme",
    [
        *("file", "exec", "python", "http", "https", "json", "jsons", "xml", "form", "config", "apprise", "apprises"),
        *("syslog", "rsyslog", "dbus", "gnome", "kde", "glib", "qt", "macosx", "windows", "blink1", "growl", "mqtt"),
        *("smpp", "mailto", "mailtos", "sns", "ses", "ntfy", "gotify+https", "tgram", "", " gotify"),
    ],
)
def test_only_the_vendors_own_schemes_are_allowed(scheme: str) -> None:
    assert codes(Channel.PUSH, "gotify", f"{scheme}://host.example.com/token") in (
        [("/credentials/url", "forbidden_scheme")],
        [("/credentials/url", "invalid_value")],
    )


@pytest.mark.parametrize(
    "query",
    [
        *("verify=no", "verify=no&priority=5", "Verify=No", "%76erify=no", "redirect=yes", "rto=600", "cto=600"),
        *("retry=9", "wait=60", "store=yes", "overflow=split", "optional=yes", "format=html", "emojis=yes", "tz=UTC"),
        *("attach=file:%2F%2F%2Fetc%2Fpasswd", "template=%2Fetc%2Fpasswd", "+X-Header=1", "-a=b", ":a=b", "tag=a"),
        *("user=a", "pass=b", "password=b", "port=22", "host=10.0.0.1", "to=a,b", "to=a", "unknown", "=x"),
    ],
)
def test_only_the_services_own_parameters_are_allowed(query: str) -> None:
    (fault,) = codes(Channel.PUSH, "gotify", f"gotifys://gotify.example.com/token?{query}")

    assert fault in {("/credentials/url", "forbidden_parameter"), ("/credentials/url", "invalid_url")}


@pytest.mark.parametrize(
    "url",
    [
        *("gotify", "gotify:", "gotify://", "gotify:///", "gotify://host.example.com", "gotify://?priority=5"),
        *("gotify://host.example.com/a gotify://other.example.com/b", "gotify://a.example.com/b,gotify://c/d"),
        *("gotify://a.example.com/t;gotify://c.example.com/d", "gotify://a.example.com/t#frag", "gotify://[::1]/token"),
        *("gotify://a.example.com\\@b/token", "gotify://a.example.com/%0d%0aX:1", "gotify://a.example.com/{other}"),
        *("gotify://a.example.com/{{target}}", "gotify://a_b%2f@/token", "gotify://exa mple.com/token"),
        *("gotify://a.example.com/t\n", "gotify://é.example.com/token", "gotify://" + "a" * 1_001, "", None, 5, [], {}),
    ],
)
def test_what_is_no_single_plain_url_is_refused(url: object) -> None:
    (fault,) = codes(Channel.PUSH, "gotify", url)

    assert fault in {("/credentials/url", "invalid_url"), ("/credentials/url", "invalid_value")} | {
        ("/credentials/url", "forbidden_scheme")
    }


@pytest.mark.parametrize(
    ("channel", "vendor", "url", "code"),
    [
        (Channel.SMS, "clicksend", "clicksend://user:key@14155550100", "target_required"),
        (Channel.CHAT, "line", "line://" + "a" * 20, "target_required"),
        (Channel.CHAT, "line", "line://" + "a" * 20 + "/U1/U2", "many_targets"),
        (Channel.CHAT, "line", "line://" + "a" * 20 + "/{target}/U2", "many_targets"),
        (Channel.CHAT, "nostr", "nostr://" + "0" * 63 + "1/name@internal.example.com", "invalid_url"),
        (Channel.CHAT, "nostr", "nostr://" + "0" * 63 + "1/{target}?relay=10.0.0.1", "invalid_url"),
        (Channel.CHAT, "dingtalk", "dingtalk://secret@token", "invalid_url"),
        (Channel.CHAT, "zulip", "zulip://bot@organization/" + "0" * 32 + "/{target}", "invalid_url"),
        (Channel.CHAT, "zulip", "zulip://bot@a.example.com%2F/" + "0" * 32 + "/{target}", "invalid_url"),
        (Channel.CHAT, "matrix", "matrixs://token@matrix.example.com/{target}?discovery=yes", "forbidden_parameter"),
        (Channel.CHAT, "telegram", "tgram://not-a-token/{target}", "invalid_url"),
        (Channel.CHAT, "telegram", "tgram://123456789:", "invalid_url"),
        (Channel.PUSH, "ntfy", "ntfys://@", "invalid_url"),
        (Channel.PUSH, "gotify", "gotifys://{target}/token", "invalid_url"),
        (Channel.PUSH, "gorush", "gorushs://gorush.example.com/token?topic={target}", "invalid_url"),
        (Channel.PUSH, "pushover", "pover://" + "u" * 30 + "@" + "a" * 30 + "/{target}", "invalid_url"),
        (Channel.PUSH, "pushy", "pushy://key/{target}", "invalid_url"),
        (Channel.ALERT, "goalert", f"goalerts://goalert.example.com/{UUID}?action=close", "forbidden_parameter"),
        (Channel.ALERT, "goalert", f"goalerts://goalert.example.com/{UUID}?dedup=a", "forbidden_parameter"),
    ],
)
def test_each_service_has_rules_of_its_own(channel: Channel, vendor: str, url: str, code: str) -> None:
    assert codes(channel, vendor, url) == [("/credentials/url", code)]


def test_no_fault_repeats_the_secret() -> None:
    faults = setting_faults(Channel.CHAT, "telegram", {}, {"url": "tgram://the0secret/{target}?attach=the0secret"})
    faults += setting_faults(Channel.CHAT, "telegram", {}, {"url": "tgram://the0secret/{target}"})

    assert len(faults) == 2
    assert "the0secret" not in repr(faults)


def test_the_url_is_a_credential() -> None:
    faults = setting_faults(Channel.PUSH, "gotify", {"url": "gotify://host.example.com/token"}, {})

    assert {(fault.pointer, fault.code) for fault in faults} == {
        ("/settings/url", "secret_in_settings"),
        ("/credentials/url", "required"),
    }


def test_a_channel_has_only_its_own_services() -> None:
    assert codes(Channel.CHAT, "gotify", "gotify://host.example.com/token") == [("/vendor", "unknown_vendor")]


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.vendor)
def test_a_plugin_follows_no_redirect_keeps_nothing_and_does_not_sleep(service: object) -> None:
    found = service_of(service.channel, service.vendor)  # type: ignore[attr-defined]

    plugin = plugin_of(found, filled(found.example, found.sample), {"cto": "1.5", "rto": "2.5"})

    assert plugin.request_timeout == (1.5, 2.5)
    assert (plugin.redirects, plugin.verify_certificate, plugin.retry) == (False, True, 0)
    assert plugin.asset.storage_path is None
    assert found.limit is None or found.limit <= plugin.body_maxlen


@pytest.mark.parametrize(
    ("host", "refused"), [("gotify.example.com", False), ("GOTIFY", False), ("10.0.0.1", False), ("a_b.example", True)]
)
def test_a_host_is_a_plain_name_or_an_address_for_the_guard_to_judge(host: str, refused: bool) -> None:
    assert bool(codes(Channel.PUSH, "gotify", f"gotifys://{host}/token")) is refused


@pytest.mark.parametrize(("key", "scheme"), CLEAR, ids=str)
def test_without_tls_only_hosts_are_called_that_the_operator_allows(key: tuple[Channel, str], scheme: str) -> None:
    service = service_of(*key)
    url = f"{scheme}://{service.example.partition('://')[2]}"
    host = plugin_of(service, filled(url, service.sample), {}).host

    (fault,) = setting_faults(*key, {}, {"url": url.replace(scheme, scheme.upper(), 1)})

    assert (fault.pointer, fault.code) == ("/credentials/url", "insecure_scheme")
    assert f"{scheme}s://" in fault.detail
    assert codes(*key, url, HostGuard([host])) == []


def test_those_are_all_schemes_without_tls() -> None:
    of_apprise = {
        (key, scheme)
        for key, service in SERVICES.items()
        for scheme in service.schemes
        if scheme in _names(plugin_of(service, filled(service.example, service.sample), {}).protocol)
    }

    assert set(CLEAR) == of_apprise
    assert len(CLEAR) > 10


def _names(protocols: object) -> tuple[object, ...]:
    return tuple(protocols) if isinstance(protocols, tuple | list | set) else (protocols,)


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.vendor)
def test_whatever_apprise_raises_of_a_url_is_a_fault_of_the_url(service: Service) -> None:
    cut = [service.example[:end] for end in range(len(service.example))]
    odd = [
        f"{scheme}://{rest}" for scheme in service.schemes for rest in ("@", ":", "/", ":@", "@:", "?", "%", "a:b:c@")
    ]

    for url in (*cut, *odd):
        assert {fault.pointer for fault in setting_faults(service.channel, service.vendor, {}, {"url": url})} <= {
            "/credentials/url"
        }


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.vendor)
@pytest.mark.parametrize("target", ["", "/", "@", ":", "%", "?", "#", " ", "é", "a@b", "a:b@c/d", "a" * 1_024])
def test_whatever_apprise_raises_of_a_target_makes_the_url_unusable(service: Service, target: str) -> None:
    with suppress(UnusableUrlError):
        assert plugin_of(service, filled(service.example, target), {}) is not None


@pytest.mark.parametrize("vendor", vendors_of(Channel.PUSH))
def test_no_token_is_sent_to_that_push_services_take_for_more_than_a_device(vendor: str) -> None:
    service = service_of(Channel.PUSH, vendor)

    assert is_target(service, service.sample)
    for token in (
        "#all",
        "%23all",
        "@all",
        "all@example.com",
        "a|b",
        "a;b",
        "a,b",
        "a/b",
        "a b",
        "{target}",
        "",
        "/topics/a",
    ):
        assert not is_target(service, token), token


@pytest.mark.parametrize(
    ("vendor", "token"),
    [
        ("gotify", "token"),
        ("ntfy", "announcements"),
        ("ntfy", "upgrades"),
        ("pushover", "ALL_DEVICES"),
        ("pushover", "phone"),
        ("pushover", "g" * 30),
        ("pushsafer", "a"),
        ("pushsafer", "gs23"),
    ],
)
def test_what_is_a_group_or_a_topic_is_no_device(vendor: str, token: str) -> None:
    assert not is_target(service_of(Channel.PUSH, vendor), token)


@pytest.mark.parametrize(
    ("vendor", "url"),
    [
        ("gotify", "gotifys://gotify.example.com/{target}"),
        ("ntfy", "ntfys://token@ntfy.example.com/{target}"),
        ("prowl", "prowl://{target}?priority=high"),
        ("pushbullet", "pbul://access-token/{target}"),
        ("pushover", "pover://{target}@" + "a" * 30 + "?priority=high"),
        ("pushsafer", "psafers://private-key/{target}"),
        ("pushy", "pushy://key/@{target}?badge=1"),
    ],
)
def test_push_services_reach_each_device_where_their_urls_say_so(vendor: str, url: str) -> None:
    assert codes(Channel.PUSH, vendor, url) == []
