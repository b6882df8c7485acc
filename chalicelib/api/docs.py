"""The description of the API (OpenAPI 3.1) and its page (Swagger UI)."""

from chalicelib.api.route import Routes

routes = Routes(__name__, tag="Description")
