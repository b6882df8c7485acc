"""`herald send`: a send, from options or from a file."""

import json
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.cli.console import console, stderr
from infra.cli.errors import CommandError, files_told
from infra.cli.names import DEFAULT_NAME, command_for
from infra.cli.options import Name, running_stack
from infra.cli.state import Samples

commands = typer.Typer()

SEND = "/api/v1/services/notifications/send"


@commands.command()
def send(  # noqa: PLR0913 (each is an option)
    *,
    file: Annotated[Path | None, typer.Option(help="JSON of a whole send; - reads it from standard input.")] = None,
    to: Annotated[
        list[str] | None, typer.Option(help="A sample user, or any user id; repeat it. Otherwise ann.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="email, sms, push, …; repeat it. Otherwise the tenant's.")
    ] = None,
    subject: Annotated[str | None, typer.Option()] = None,
    body: Annotated[str, typer.Option()] = "Hello from the command line.",
    provider: Annotated[
        list[str] | None, typer.Option(help="A provider for a channel, as in email=smtp; repeat it.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Idempotency-Key; otherwise a new one.", show_default=False)] = None,
    service: Annotated[str, typer.Option(help="The sample service that sends.")] = "orders",
    name: Name = DEFAULT_NAME,
) -> None:
    """Send as a service, and print the answer."""
    stack = running_stack(name)
    wanted = read_send(file) if file else compose(stack.samples, to or ["ann"], channel, subject, body, provider)
    answer = stack.as_service(service).post(SEND, wanted, idempotency_key=key or str(uuid.uuid4()))
    console.print_json(data=answer)
    watch = command_for(name, f"tail {' '.join(sent['id'] for sent in answer['notifications'])}")
    stderr.print(f"[dim]{watch}[/]", soft_wrap=True)


def read_send(file: Path) -> Any:
    """Return the JSON of a send; CommandError when there is none."""
    try:
        return json.loads(typer.get_text_stream("stdin").read() if str(file) == "-" else _text_of(file))
    except ValueError as error:
        raise CommandError(f"{file} holds no send that can be read: {error}") from error


def _text_of(file: Path) -> str:
    with files_told("read"):
        if not file.exists():
            raise CommandError(f"There is no file {file}.")
        return file.read_text()


def compose(
    samples: Samples,
    to: list[str],
    channels: list[str] | None,
    subject: str | None,
    body: str,
    providers: list[str] | None,
) -> dict[str, Any]:
    """Return a send as the API takes it; what is None is left to the API's defaults."""
    wanted = {
        "recipients": [recipient(samples, user) for user in to],
        "channels": channels,
        "content": {"body": body} if subject is None else {"subject": subject, "body": body},
        "provider": providers and dict(pair.partition("=")[::2] for pair in providers),
    }
    return {name: value for name, value in wanted.items() if value}


def recipient(samples: Samples, user: str) -> dict[str, str]:
    """Return a recipient by the name of a sample user, or by a user id."""
    known = samples.users.get(user)
    return {"userId": user} if known is None else {"userId": known.id, "userType": known.user_type}
