"""The description of the API (OpenAPI 3.1) and its page: Swagger UI 5, served from the package that Powertools carries.

Nothing comes from another host. Addresses are relative, so the page works below the stage's name in the path.
"""

import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from chalicelib.api.call import Call
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.domain.errors import NotFoundError
from chalicelib.settings import settings

routes = Routes(__name__, tag="Description")

SHORT: Final = "public, max-age=300"
LONG: Final = "public, max-age=86400"

PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Herald API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START: Final = """const ui = SwaggerUIBundle({
  url: new URL("openapi.json", location.href).href,
  oauth2RedirectUrl: new URL("docs/oauth2-redirect", location.href).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
ui.initOAuth({ clientId: %s, scopes: "openid email profile", usePkceWithAuthorizationCodeGrant: true });
"""
ASSETS: Final = {
    "swagger-ui.css": ("swagger-ui.min.css", "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": ("swagger-ui-bundle.min.js", "text/javascript; charset=utf-8"),
}


@routes.add("GET", "/openapi.json", needs=None, summary="Describe the API (OpenAPI 3.1)")
def get_openapi(_: Call) -> Reply:
    """Answer this document."""
    return _text(_description(), "application/json", SHORT)


@routes.add("GET", "/docs", needs=None, summary="Read about the API and try it (Swagger UI)")
def get_docs(_: Call) -> Reply:
    """Answer the page."""
    return _text(PAGE, "text/html; charset=utf-8", SHORT, _page_policy())


@routes.add("GET", "/docs/{file}", needs=None, summary="Load a part of the page", raises=(NotFoundError,))
def get_docs_file(_: Call, file: str) -> Reply:
    """Answer a style sheet, a script, or the page that the login returns to."""
    if file in ASSETS:
        name, media_type = ASSETS[file]
        return _text((_assets() / name).read_text(), media_type, LONG)
    if file == "start.js":
        return _text(START % json.dumps(settings().login_client_id), "text/javascript; charset=utf-8", SHORT)
    if file == "oauth2-redirect":
        page = _redirect_page()
        return _text(page, "text/html; charset=utf-8", SHORT, _redirect_policy(page))
    raise NotFoundError


@cache
def _description() -> str:
    from chalicelib.api.openapi import describe, operations
    from chalicelib.api.openapi_parts import Login
    from chalicelib.api.resources import FILES, Resources

    offered = routes.current_app.routes
    if isinstance(offered, Resources):
        offered.load(*FILES)
    document = describe(operations(offered), Login(settings().login_url))
    return json.dumps(document, separators=(",", ":"))


def _assets() -> Path:
    # Importing the package that holds them would load Powertools' whole event handler.
    import aws_lambda_powertools

    return Path(aws_lambda_powertools.__file__).parent / "event_handler" / "openapi" / "swagger_ui"


@cache
def _redirect_page() -> str:
    from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_oauth2_redirect_html

    return generate_oauth2_redirect_html()


def _page_policy() -> str:
    # Swagger UI sets styles inline (https://github.com/swagger-api/swagger-ui/issues/10655) and draws icons from data:.
    return (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"connect-src 'self' {settings().login_url}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _redirect_policy(page: str) -> str:
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    sources = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {sources}; base-uri 'none'; frame-ancestors 'none'"


def _text(text: str, media_type: str, kept: str, policy: str | None = None) -> Reply:
    headers = {"Content-Type": media_type, "Cache-Control": kept}
    if policy is not None:
        headers["Content-Security-Policy"] = policy
    return Reply(text=text, headers=headers)
