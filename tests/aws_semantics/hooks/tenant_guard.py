"""Every key that DynamoDB is asked for lies inside the tenant the code acts for, or belongs to the platform.

Partitions of timers are shared: there the sort key is the tenant's, and only code that acts for none may do without it.

It looks at the requests as they are sent and knows the shape of keys by itself, so it is a witness independent of the
code that builds them. Scans and PartiQL, which name no keys, are stopped too.
"""

from typing import Any, Final

from tests.aws_semantics.dynamodb_requests import KEYED, KEYLESS, named_keys
from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1.0
"""On; there is nothing to measure."""
_PLATFORM: Final = "_platform"
_TIMERS: Final = "DUE#"


class Hook:
    """Stops a request for a foreign key."""

    def __init__(self, setting: Setting) -> None:
        # Only where it is on: a process without Herald's code may show the other semantics.
        from chalicelib.tenancy import current_tenant

        self._setting = setting
        self._current_tenant = current_tenant

    def attach(self, events: Events) -> None:
        for operation in KEYED:
            events.register(f"before-parameter-build.dynamodb.{operation}", self._check)
        for operation in KEYLESS:
            events.register(f"before-parameter-build.dynamodb.{operation}", self._refuse)

    def _check(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        keys = list(named_keys(params))
        if not keys:
            self._setting.violated(model.name, "names no partition key")
        acting = self._current_tenant()
        for partition, sort in keys:
            if not _is_open(partition, sort, acting):
                self._setting.violated(model.name, f"{partition} {sort} asked for by code that acts for {acting}")

    def _refuse(self, model: Any, **_: Any) -> None:
        self._setting.violated(model.name, "names no partition key")


def _is_open(partition: str, sort: str, acting: str | None) -> bool:
    if partition.startswith(_TIMERS):
        return acting in {None, _tenant_of(sort)}
    return _tenant_of(partition) in {_PLATFORM, acting}


def _tenant_of(key: str) -> str:
    """Return the tenant whose key it is, empty when it is no tenant's."""
    parts = key.split("#")
    return parts[1] if parts[0] == "T" and len(parts) > 1 else ""
