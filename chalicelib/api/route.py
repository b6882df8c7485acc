"""Routes: each says what it demands, what it reads and what it answers. From that come the checks that every call goes
through (serve.py) and its page in the API's description (openapi.py).
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec
from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel

from chalicelib.api import serve
from chalicelib.api.models import Answer, Body, Query
from chalicelib.api.reply import Reply
from chalicelib.auth.authorizer import authorize
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import HeraldError
from chalicelib.domain.rate_limit import Limit

View = Callable[..., Answer | Reply | None]
V = TypeVar("V", bound=View)

MAX_BODY: Final = 64 * 1024
"""Bytes a body may have unless the route says otherwise."""
LIMITS: Final = {Permission.SEND: Limit.SEND, Permission.READ: Limit.READ, Permission.OWN: Limit.USERS}
"""The rate limits of routes by what they demand; all others are those of administration."""


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route. Chalice calls it with the parameters of the path; see `Routes.add` for the fields."""

    blueprint: Blueprint
    view: View
    methods: tuple[str, ...]
    path: str
    needs: Permission | None
    summary: str
    tag: str
    body: type[Body] | None
    body_required: bool
    query: type[Query] | None
    answer: type[BaseModel] | None
    status: int
    idempotent: bool
    max_body: int
    raises: tuple[type[HeraldError], ...]
    limit: Limit | None
    """What its calls are counted under; None on public routes."""

    @property
    def __name__(self) -> str:
        """The name of the view, by which Chalice knows the route."""
        return self.view.__name__

    @property
    def name(self) -> str:
        """How the route is named in the log and in what is remembered of a request: `POST /health`."""
        return f"{self.methods[0]} {self.path}"

    def __call__(self, **path: str) -> Response:
        """Serve the current request."""
        request: Request = self.blueprint.current_request
        return serve.serve(self, request, path)


class Routes(Blueprint):
    """A Chalice blueprint of routes under one heading (`tag`) of the API's description."""

    def __init__(self, import_name: str, tag: str) -> None:
        super().__init__(import_name)
        self.tag = tag

    def add(  # noqa: PLR0913 (each is a word of the declaration)
        self,
        methods: str,
        path: str,
        *,
        needs: Permission | None,
        summary: str,
        body: type[Body] | None = None,
        body_required: bool = True,
        query: type[Query] | None = None,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        idempotent: bool = False,
        max_body: int = MAX_BODY,
        raises: Sequence[type[HeraldError]] = (),
        limit: Limit | None = None,
    ) -> Callable[[V], V]:
        """Declare a route; put it over a view, several times for aliases.

        The view is called with a `Call`, the path's parameters by name (in snake_case), and `body` and `query` in the
        shape of the models given here. It returns the answer, None (then 204 is the status to declare) or a `Reply`;
        errors are raised (`HeraldError`).

        Parameters
        ----------
        methods
            One or several, separated by blanks (`PATCH PUT POST`).
        needs
            What the caller must have; None: the route is public.
        body_required
            When False, a request without a body calls the view without `body`.
        idempotent
            Whether it honors `Idempotency-Key`.
        max_body
            Bytes; more are refused with 413.
        raises
            Errors of the route's own, for the description (those of every route are known).
        limit
            The rate limit its calls are counted under; None: that of what the caller must have.
        """

        def register(view: V) -> V:
            route = Route(
                blueprint=self,
                view=view,
                methods=tuple(methods.split()),
                path=path,
                needs=needs,
                summary=summary,
                tag=self.tag,
                body=body,
                body_required=body_required,
                query=query,
                answer=answer,
                status=status,
                idempotent=idempotent,
                max_body=max_body,
                raises=tuple(raises),
                limit=limit if limit is not None or needs is None else LIMITS.get(needs, Limit.ADMIN),
            )
            # Media types are checked by us (content_types=[]): Chalice would answer in another shape.
            self.route(
                path,
                methods=list(route.methods),
                authorizer=None if needs is None else authorize,
                content_types=[],
                cors=False,
            )(route)
            return view

        return register
