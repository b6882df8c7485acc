"""Which files serve which paths: the table of contents of the API.

A function that starts loads the files that most calls are for; any other is loaded by the first call of one of its
paths. Thus a cold start does not grow with the API.
"""

from importlib import import_module
from typing import Final

from chalice.app import Chalice, RouteEntry

from chalicelib.api.preflight import preflight

FILES: Final = {
    "/api/v1/services/notifications/send": ("services_send",),
    "/api/v1/services/notifications/simulate": ("services_simulate",),
    "/api/v1/services/notifications": ("services_notifications", "services_explain"),
    "/api/v1/services/recipients": ("services_recipients",),
    "/api/v1/users/me/notifications": ("users_inbox", "users_inbox_many", "users_send"),
    "/api/v1/users/me/preferences": ("users_preferences",),
    "/api/v1/users/me/devices": ("users_devices",),
    "/api/v1/users/me/topics": ("users_topics",),
    "/api/v1/admin/notifications": ("admin_send", "admin_notifications", "admin_explain"),
    "/api/v1/admin/tenants": ("admin_tenants",),
    "/api/v1/admin/service-accounts": ("admin_service_accounts",),
    "/api/v1/admin/recipients": ("admin_recipients",),
    "/api/v1/admin/providers": ("admin_providers",),
    "/api/v1/admin/escalation-policies": ("admin_policies",),
    "/api/v1/admin/on-call-rotas": ("admin_rotas",),
    "/api/v1/admin/templates": ("admin_templates", "admin_templates_versions", "admin_templates_trial"),
    "/api/v1/admin/layouts": ("admin_layouts",),
    "/api/v1/admin/partials": ("admin_partials",),
    "/api/v1/admin/template-categories": ("admin_template_categories",),
    "/api/v1/admin/suppressions": ("admin_suppressions",),
    "/api/v1/admin/rate-limits": ("admin_rate_limits",),
    "/api/v1/admin/audit-log": ("admin_audit",),
    "/api/v1/admin/feature-flags": ("admin_flags",),
    "/api/v1/feature-flags": ("admin_flags",),
    "/api/v1/lookups": ("lookups",),
    "/webhooks/wppconnect": ("wppconnect_sessions",),
    "/unsubscribe": ("unsubscribe",),
    "/t": ("tracking",),
    "/health": ("health",),
    "/openapi.json": ("docs",),
    "/docs": ("docs",),
}
"""Files of chalicelib/api by the beginning of their paths, in the order in which the API is described."""
AT_START: Final = "/api/v1/services/notifications/send"
"""Loaded while the function starts, when Lambda gives it a whole CPU."""


class Resources(dict[str, dict[str, RouteEntry]]):
    """Chalice's table of routes, by path and method, that fills itself as its paths are asked for."""

    def __init__(self, app: Chalice) -> None:
        super().__init__()
        self._app = app
        self._loaded: set[str] = set()

    def __missing__(self, path: str) -> dict[str, RouteEntry]:
        """Load the files that serve `path`; a path that they do not have gets an empty entry."""
        self.load(beginning_of(path) or "")
        return self.setdefault(path, {})

    def load(self, *beginnings: str) -> None:
        """Register the routes of the files that serve the paths with these beginnings, once."""
        named = [file for beginning in beginnings for file in FILES.get(beginning, ())]
        files = [file for file in dict.fromkeys(named) if file not in self._loaded]
        self._loaded.update(files)
        for file in files:
            self._app.register_blueprint(import_module(f"chalicelib.api.{file}").routes)
        for path in [path for path, routes in self.items() if "OPTIONS" not in routes]:
            self._app.route(path, methods=["OPTIONS"], content_types=[], name="preflight")(preflight(self._app, path))


def beginning_of(path: str) -> str | None:
    """Return the entry of FILES that `path` belongs to, None when there is none."""
    parts = path.split("/")
    beginnings = ("/".join(parts[:length]) for length in range(len(parts), 1, -1))
    return next((beginning for beginning in beginnings if beginning in FILES), None)
