"""Apprise URLs of tenants: what may be in one, and the plugin that is made of it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from chalicelib.domain.words import Channel
from chalicelib.providers.apprise.guarded import guarded_module
from chalicelib.providers.apprise.hearing import hearing
from chalicelib.providers.apprise.service import TARGET, Service
from chalicelib.providers.base import SettingError
from chalicelib.providers.guard import HostGuard

if TYPE_CHECKING:
    from apprise import AppriseAsset
    from apprise.plugins.base import NotifyBase

POINTER: Final = "/credentials/url"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~:/?@!$&'()*+=%-]+")
"""What a URL has of itself, without what Apprise splits lists at or cuts URLs off at."""
_ENCODED_CONTROL: Final = re.compile(r"%([01][0-9a-fA-F]|7[fF])")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class UnusableUrlError(ValueError):
    """Apprise makes nothing of a URL."""


def check(service: Service, url: str, guard: HostGuard) -> None:
    """Raise SettingError for a URL that may not be stored where this guard is in force. Nothing is called."""
    _check_text(service, url)
    try:
        _check_parameters(service, url)
        plugin = plugin_of(service, filled(url, service.sample), {})
    except UnusableUrlError as error:
        raise SettingError(POINTER, "invalid_url", str(error)) from None
    if len(plugin) < 1:
        raise SettingError(POINTER, "target_required", f"it says to nobody where to send; {TARGET} is the recipient")
    if len(plugin) > 1:
        raise SettingError(POINTER, "many_targets", "one recipient: some of several could get a message twice")
    secure = f"{_scheme_of(url)}s"
    if secure in service.schemes and not guard.allows(plugin.host):
        detail = f"{secure}:// instead: without TLS, everybody on the way could read the secrets in it"
        raise SettingError(POINTER, "insecure_scheme", detail)


def filled(url: str, target: str) -> str:
    """Return the URL to a recipient."""
    return url.replace(TARGET, quote(target, safe=""))


def plugin_of(service: Service, url: str, parameters: Mapping[str, str]) -> "NotifyBase":
    """Return Apprise's plugin for a URL without placeholders; raises UnusableUrlError. Nothing is called.

    The plugin is made by its own class, not by whatever Apprise finds for the scheme.
    """
    # Apprise takes a plus for a plus.
    given = urlencode({**service.fixed, **parameters}, quote_via=quote)
    plugin_class, asset = _plugin_class(service.plugin, guarded=service.hosted), _asset()
    with _reading(service):
        results = plugin_class.parse_url(f"{url}{'&' if '?' in url else '?'}{given}" if given else url)
        if not results:
            raise UnusableUrlError
        plugin = plugin_class(**results, asset=asset)
    if service.hosted and not _HOST.fullmatch(plugin.host or ""):
        raise UnusableUrlError("it has no host name in it")
    return plugin


def _scheme_of(url: str) -> str:
    return url.partition("://")[0].lower()


def _check_text(service: Service, url: str) -> None:
    _, separator, rest = url.partition("://")
    if not separator or _scheme_of(url) not in service.schemes:
        allowed = ", ".join(f"{scheme}://" for scheme in service.schemes)
        raise SettingError(POINTER, "forbidden_scheme", f"{service.name} is reached by {allowed}")
    if "://" in rest or not _PLAIN.fullmatch(rest.replace(TARGET, "")) or _ENCODED_CONTROL.search(rest):
        detail = f"one URL, special characters percent-encoded, and no braces but {TARGET}"
        raise SettingError(POINTER, "invalid_url", detail)
    if TARGET in rest.partition("?")[2] or (service.hosted and TARGET in rest.partition("/")[0]):
        raise SettingError(POINTER, "invalid_url", f"{TARGET} stands for a recipient, not for a host or a parameter")
    if service.url is not None and not re.fullmatch(service.url, url):
        raise SettingError(POINTER, "invalid_url", f"not as {service.name} needs it, such as {service.example}")
    if service.channel is Channel.SMS and TARGET not in url:
        raise SettingError(POINTER, "target_required", f"{TARGET} must stand for the recipient's number")


@contextmanager
def _reading(service: Service) -> Iterator[None]:
    """Raise UnusableUrlError for whatever is raised of a URL; Apprise's own words quote the secret that is wrong."""
    try:
        with hearing():
            yield
    except Exception:  # noqa: BLE001 (each plugin takes URLs apart in its own way, and raises what comes of it)
        raise UnusableUrlError(f"Apprise cannot read it; {service.name} is such as {service.example}") from None


def _check_parameters(service: Service, url: str) -> None:
    from apprise.url import URLBase

    with _reading(service):
        parsed: dict[str, Any] = URLBase.parse_url(url, verify_host=False) or {}  # type: ignore[no-untyped-call]
    for name in sorted({name for group in ("qsd", "qsd+", "qsd-", "qsd:") for name in parsed.get(group, {})}):
        if name not in service.parameters:
            allowed = ", ".join(sorted(service.parameters)) or "none"
            detail = f"{name[:64]!r} may not be in it; allowed: {allowed}"
            raise SettingError(POINTER, "forbidden_parameter", detail)


@cache
def _plugin_class(plugin: str, *, guarded: bool) -> "type[NotifyBase]":
    place, _, name = plugin.rpartition(".")
    load = guarded_module if guarded else import_module
    found: type[NotifyBase] = getattr(load(f"apprise.plugins.{place}"), name)
    return type(name, (found,), {"throttle": _go_on, "default_retries": 1})


def _go_on(_plugin: "NotifyBase", *_args: object, **_kwargs: object) -> None:
    """Do not wait where a plugin would: for its idea of a rate (Herald has send rates of its own), or because a server
    asked it to and it would try again (that is for Herald to do, and the server may ask for any time).
    """


@cache
def _asset() -> "AppriseAsset":
    """Return Apprise's settings: nothing is written or read on disk, no redirect followed, no image linked."""
    from apprise import AppriseAsset

    return AppriseAsset(
        app_id="Herald",
        app_desc="Herald",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        async_mode=False,
        http_redirects=False,
        interpret_emojis=False,
        interpret_escapes=False,
        pgp_autogen=False,
        pem_autogen=False,
        storage_mode="memory",
        allow_templates=False,
    )
