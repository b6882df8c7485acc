"""One suite, three stores: the twin in memory, the table on moto, the table on MiniStack."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import botocore.session
import pytest
from moto import mock_aws

from infra.local.ministack import MiniStack, find_free_port
from tests.store.stores import ON_MINISTACK, REGION, MotoSession, Store, acting, new_table, on_table, on_twin

KINDS = ["twin", "moto", ON_MINISTACK]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store."""
    with _store_of(request) as store:
        yield store


@pytest.fixture(scope="module", params=KINDS)
def shared_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store that is empty for the first test of a module."""
    with _store_of(request) as store:
        yield store


@contextmanager
def _store_of(request: pytest.FixtureRequest) -> Iterator[Store]:
    match request.param:
        case "twin":
            yield on_twin()
        case "moto":
            with mock_aws():
                yield acting(on_table(new_table(_moto_session())))
        case "ministack":
            url = request.getfixturevalue("ministack_url")
            with pytest.MonkeyPatch.context() as environment:
                # Only while the clients are made: others of this process talk to moto.
                environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
                table = new_table(_ministack_session())
            yield acting(on_table(table))


@pytest.fixture(scope="session")
def ministack_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A MiniStack of our own."""
    stack = MiniStack(find_free_port(), tmp_path_factory.mktemp("ministack") / "run")
    stack.start()
    yield stack.url
    stack.stop()


@cache
def _ministack_session() -> botocore.session.Session:
    session = botocore.session.get_session()
    session.set_config_variable("region", REGION)
    session.set_credentials("test", "test")
    return session


@cache
def _moto_session() -> MotoSession:
    return MotoSession()
