"""The HTTP API: one file per resource; each route parses, calls one use case and maps the answer."""
