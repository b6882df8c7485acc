"""Headers of every answer: what browsers may do with it, and which pages may read it (CORS)."""

from typing import Final

from chalicelib.settings import settings

SECURITY: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
EXPOSED: Final = (
    "Idempotency-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, X-Correlation-ID, X-Request-ID"
)
ALLOWED: Final = "Authorization, Content-Type, Idempotency-Key, X-Correlation-ID, X-Request-ID, X-Tenant-ID"
PREFLIGHT_SECONDS: Final = 7_200


def cors_headers(origin: str | None) -> dict[str, str]:
    """Return the headers that let a page of `origin` read an answer: none unless the configuration names it."""
    origins = settings().cors_origins
    headers = {"Vary": "Origin"}
    if origin is not None and (origin in origins or "*" in origins):
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED}
    return headers


def preflight_headers(origin: str | None, methods: list[str]) -> dict[str, str]:
    """Return the answer to a browser's question what a page of `origin` may ask of a path that has `methods`."""
    headers = cors_headers(origin)
    if "Access-Control-Allow-Origin" in headers:
        headers |= {
            "Access-Control-Allow-Headers": ALLOWED,
            "Access-Control-Allow-Methods": ", ".join(methods),
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }
    return headers
