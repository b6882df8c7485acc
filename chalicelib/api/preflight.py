"""Browsers' preflight requests (CORS): answered for every path, by the origins of the configuration."""

from collections.abc import Callable

from chalice.app import Chalice, Request, Response

from chalicelib.api.headers import preflight_headers


def answer_preflights(app: Chalice) -> None:
    """Add an OPTIONS route to every path of `app`; call it after all routes are registered."""
    for path, routes in list(app.routes.items()):
        app.route(path, methods=["OPTIONS"], content_types=[], name="preflight")(_preflight(app, list(routes)))


def _preflight(app: Chalice, methods: list[str]) -> Callable[..., Response]:
    def preflight(**_: str) -> Response:
        request: Request | None = app.current_request
        origin = None if request is None else request.headers.get("origin")
        return Response(body="", headers={**preflight_headers(origin, methods)}, status_code=204)

    return preflight
