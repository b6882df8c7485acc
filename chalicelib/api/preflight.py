"""Browsers' preflight requests (CORS): answered for every path, by the origins of the configuration."""

from collections.abc import Callable

from chalice.app import Chalice, Request, Response

from chalicelib.api.headers import preflight_headers


def preflight(app: Chalice, path: str) -> Callable[..., Response]:
    """Return the view that answers what a page may ask of `path`: all methods that `app` has there."""

    def view(**_: str) -> Response:
        request: Request | None = app.current_request
        origin = None if request is None else request.headers.get("origin")
        methods = [method for method in app.routes[path] if method != "OPTIONS"]
        return Response(body="", headers={**preflight_headers(origin, methods)}, status_code=204)

    return view
