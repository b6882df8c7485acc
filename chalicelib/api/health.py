"""Whether Herald is there (`/health`) and can do its work (`/health/ready`)."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.models import Answer
from chalicelib.api.route import Routes
from chalicelib.domain.errors import HeraldError

routes = Routes(__name__, tag="Health")


class Alive(Answer):
    """The API answers."""

    status: str = "ok"


@routes.add("GET", "/health", needs=None, summary="Tell that the API is there", answer=Alive)
def health(_: Call) -> Alive:
    """Answer without asking anything else."""
    return Alive()


class NotReadyError(HeraldError):
    """Something a send needs cannot be reached."""

    code, status, title = "not_ready", 503, "Something Herald needs cannot be reached"


class Ready(Answer):
    """What a send needs can be reached; the names of what was asked."""

    status: str = "ready"
    checks: dict[str, bool]


@routes.add(
    "GET",
    "/health/ready",
    needs=None,
    summary="Tell whether table, topic and queues can be reached",
    answer=Ready,
    raises=(NotReadyError,),
)
def ready(_: Call) -> Ready:
    """Ask everything that a send needs; raise NotReadyError naming what does not answer."""
    checks = bootstrap.reachable()
    missing = sorted(name for name, reached in checks.items() if not reached)
    if missing:
        raise NotReadyError(f"Not reached: {', '.join(missing)}")
    return Ready(checks=checks)
