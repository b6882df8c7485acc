"""Reads CloudFormation templates: which resources there are, and what they refer to."""

from collections.abc import Iterator, Mapping
from typing import Any

Template = Mapping[str, Any]


def resources_of(template: Template, kind: str) -> dict[str, Any]:
    """Return the resources of a type, their properties by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource.get("Type") == f"AWS::{kind}"
    }


def target_of(value: Any) -> str:
    """Return the logical id that a Ref, GetAtt or the beginning of a Sub points to."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::Sub": str(text)} if text.startswith("${"):
            return text[2:].split("}")[0].split(".")[0]
    return ""


def as_list(value: Any) -> list[Any]:
    """Return what IAM lets one write as one or as a list."""
    return value if isinstance(value, list) else [value]


def statements_of(template: Template, function: str) -> Iterator[dict[str, Any]]:
    """Yield the statements of the role a function has."""
    role = target_of(template["Resources"][function]["Properties"]["Role"])
    for policy in template["Resources"][role]["Properties"]["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def may(template: Template, function: str, action: str, resource: str) -> bool:
    """Whether a function's role allows an action on a resource of the template."""
    return any(
        action in as_list(statement["Action"])
        and resource in [target_of(value) for value in as_list(statement.get("Resource", []))]
        for statement in statements_of(template, function)
    )
