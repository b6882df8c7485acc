"""How escalation policies and on-call rotas look in a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.table import Table

from infra.cli.console import console, headline, indented, table

Told = Mapping[str, Any]

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def print_policies(policies: Iterable[Told]) -> None:
    """Print escalation policies as the API tells of them."""
    headline("Escalation policies")
    console.print(indented(policy_rows(policies)))


def print_rotas(rotas: Iterable[Told]) -> None:
    """Print on-call rotas as the API tells of them."""
    headline("On-call rotas")
    console.print(indented(rota_rows(rotas)))


def policy_rows(policies: Iterable[Told]) -> Table:
    """Return a row for each step of each policy."""
    rows = table("policy", "until", "after", "channels", "to", right=("after",))
    for policy in policies:
        name = f"{policy['id']} (built in)" if policy.get("builtIn") else policy["id"]
        for number, step in enumerate(policy["steps"]):
            first = (name, policy["stop"]) if number == 0 else ("", "")
            rows.add_row(*first, duration(step["after"]), ", ".join(step["channels"]), _addressed(step))
    return rows


def rota_rows(rotas: Iterable[Told]) -> Table:
    """Return a row for each shift of each rota, and one for whoever is asked beside them."""
    rows = table("rota", "zone", "days", "hours", "people")
    for rota in rotas:
        first = (rota["id"], rota["timeZone"])
        for row in _on_duty(rota):
            rows.add_row(*first, *row)
            first = ("", "")
    return rows


def _on_duty(rota: Told) -> Iterator[tuple[str, str, str]]:
    for shift in rota["shifts"]:
        days = "every day" if len(shift["days"]) == len(_WEEK) else " ".join(shift["days"])
        yield days, f"{shift['start']}-{shift['end']}", _people(shift["people"])
    if rota["holidays"]:
        yield ", ".join(rota["holidays"]), "holiday", _people(rota["holidayPeople"])
    last = _names(rota["fallback"])
    if rota.get("fallbackRota"):
        last.append(f"rota {rota['fallbackRota']}")
    if last:
        yield "", "fallback", ", ".join(last)


def duration(seconds: int) -> str:
    """Return a duration in its largest units: `40 min`, `1 h 30 min`."""
    parts = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "at once"


_WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _addressed(step: Told) -> str:
    if not step.get("rota"):
        return "the recipient"
    every = f", the next one after {duration(step['every'])}" if step.get("every") else ""
    return f"on duty by {step['rota']}{every}"


def _people(people: Iterable[Told]) -> str:
    return ", ".join(_names(people))


def _names(people: Iterable[Told]) -> list[str]:
    return [f"{person['userType']}/{person['userId']}" for person in people]
