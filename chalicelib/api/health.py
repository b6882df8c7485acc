"""Whether Herald is there (`/health`) and can do its work (`/health/ready`)."""

from chalicelib.api.call import Call
from chalicelib.api.models import Answer
from chalicelib.api.route import Routes

routes = Routes(__name__, tag="Health")


class Alive(Answer):
    """The API answers."""

    status: str = "ok"


@routes.add("GET", "/health", needs=None, summary="Tell that the API is there", answer=Alive)
def health(_: Call) -> Alive:
    """Answer without asking anything else."""
    return Alive()
