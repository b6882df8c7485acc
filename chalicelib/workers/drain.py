"""The timers' state machine → dispatch queue: whatever has come due is woken."""

from collections.abc import Mapping
from typing import Any, Protocol

from chalice.app import Blueprint

from chalicelib import bootstrap

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.drain)


class LambdaContext(Protocol):
    """What Lambda tells a running function of itself."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


@workers.lambda_function(name="drain")
def drain(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
    """Wake a bucket, `{"bucket": ms}`, or one shard of it, `{"bucket": ms, "shard": n}`; answers how many were woken.

    Acts for no tenant, for it judges nothing: whoever takes a message acts for the tenant that it names. The state
    machine knows the errors by their names (`services.drain`).
    """
    use_case, bucket, shard = bootstrap.drain(), int(event["bucket"]), event.get("shard")
    if shard is None:
        return {"woken": use_case.all_shards(bucket)}
    return {"woken": use_case.shard(bucket, int(shard), context.get_remaining_time_in_millis)}
