"""`herald demo`: from nothing to deliveries on four channels, mails in two languages, and an escalation that ends when
it is read.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import typer
from rich.text import Text

from infra.cli import escalation
from infra.cli.commands.explain import EXPLAIN
from infra.cli.commands.stack import print_urls
from infra.cli.console import console, cut, headline, indented, shown, stderr, table
from infra.cli.deliveries import Tracked, milliseconds, shown_status
from infra.cli.demo import CUSTOMER, Outcome, await_settled, outcomes, send_all
from infra.cli.escalation import Story
from infra.cli.explanations import print_explanation
from infra.cli.logs import read_complaints
from infra.cli.names import DEFAULT_NAME, command_for
from infra.cli.options import Name, Port, start_options
from infra.cli.pictures import keep
from infra.cli.stack import LocalStack

commands = typer.Typer()

_COMPLAINTS = 12


@commands.command()
def demo(name: Name = DEFAULT_NAME, port: Port = None) -> None:
    """Start the stack, send on four channels, show what arrived. The stack stays up."""
    stack = LocalStack.named(name)
    began = time.time_ns() // 1_000_000
    try:
        results = _perform(stack, port)
    except KeyboardInterrupt:
        stderr.print(f"\nInterrupted. What was started keeps running; `{command_for(name, 'down')}` stops it.")
        raise typer.Exit(130) from None
    except Exception:
        _print_complaints(stack, began)
        raise
    delivered, failed = count(results.outcomes, results.story)
    if failed:
        _print_complaints(stack, began)
    console.print()
    console.print(f"demo: {delivered} delivered, {failed} failed")
    raise typer.Exit(1 if failed or not delivered else 0)


@dataclass(frozen=True)
class Results:
    """What became of both stories."""

    outcomes: list[Outcome]
    story: Story


def count(outcomes: Sequence[Outcome], story: Story) -> tuple[int, int]:
    """Return how many deliveries arrived, and how many did not end as they should have: one that was stopped has."""
    expected = [*outcomes, *story.arrivals]
    delivered = sum(outcome.is_delivered for outcome in expected)
    return delivered, len(expected) - delivered + (not story.is_stopped)


def _perform(stack: LocalStack, port: int | None) -> Results:
    headline("Herald on this machine")
    stack.start(start_options(stack, port), shown)
    order, ticket = uuid.uuid4().hex[:6].upper(), uuid.uuid4().hex[:6].upper()
    headline(f"Order {order}: the service “orders” of tenant acme tells {CUSTOMER}, and asks to approve {ticket}")
    with shown("Send") as note:
        approval = escalation.begin(stack, ticket)
        notifications = send_all(stack, order)
        note.text = f"{len(notifications) + 1} notifications accepted"
    story = _escalate(stack, approval, ticket)
    with shown("Deliver") as note:
        in_time = await_settled(stack, notifications)
        note.text = "all deliveries have ended" if in_time else "some deliveries have not ended"
    with shown("Look") as note:
        results = outcomes(stack, order, notifications)
        note.text = "at the vendors, in the mail sink, in the inbox"
    headline("Deliveries")
    _print_outcomes(results)
    _keep_mails(stack, order)
    headline(
        "An escalation: the inbox at once, a text message when nobody reads it, then an e-mail unless somebody does"
    )
    _print_outcomes(story.outcomes)
    headline(f"herald explain {approval.id}")
    print_explanation(stack.as_service("orders").get(EXPLAIN.format(id=approval.id)))
    print_urls(stack)
    return Results(results, story)


def _keep_mails(stack: LocalStack, order: str) -> None:
    headline("The confirmation, in the language of each reader")
    for file in keep(stack.sandbox.mails(contains=order), stack.folder / "mails"):
        console.print(f"  {file}", soft_wrap=True)


def _escalate(stack: LocalStack, approval: Tracked, ticket: str) -> Story:
    """Follow an escalation while the other deliveries are made: the e-mail is soon due."""
    with shown("Inbox") as note:
        inbox = escalation.await_inbox(stack, approval)
        note.text = f"the approval {inbox.evidence or 'has not arrived'}"
    with shown("Unread") as note:
        text = escalation.await_text(stack, approval, ticket)
        note.text = "so a text message went out" if text.is_delivered else "but no text message went out"
    with shown("Read") as note:
        stopped = escalation.read(stack, approval, ticket)
        note.text = f"by {CUSTOMER}: the e-mail is {stopped.delivery.status}"
    return Story((inbox, text), stopped)


def _print_outcomes(results: Sequence[Outcome]) -> None:
    columns = ("notification", "channel", "provider", "status", "after", "at the other end")
    rows = table(*columns, right=("after",), flexible=("at the other end",))
    for result in results:
        delivery = result.delivery
        rows.add_row(
            result.notification.title,
            delivery.channel,
            delivery.provider,
            shown_status(delivery.status),
            milliseconds(delivery.took),
            cut(result.evidence) if result.evidence else cut(delivery.trouble or "nothing arrived", "red"),
        )
    console.print(indented(rows))


def _print_complaints(stack: LocalStack, since: int) -> None:
    """Show what the workers said about it."""
    if not stack.is_deployed:
        return
    complaints = read_complaints(stack.cloud, stack.outputs.name, since)
    headline("What the functions complained about")
    for complaint in complaints[-_COMPLAINTS:]:
        console.print(Text.assemble("  ", (complaint.function.ljust(14), "red"), complaint.text), soft_wrap=True)
    if not complaints:
        console.print("  nothing")
    console.print(f"  [dim]All of it: {stack.ministack.log}, {stack.sandbox.folder.log}[/]", soft_wrap=True)
