"""The environment that a function is measured in: the one its template gives it, as far as it can be known here."""

import os
from collections.abc import Mapping
from typing import Any, Final

_UNKNOWN: Final = {"HERALD_LANES": "{}", "HERALD_ISSUERS": "[]"}
"""What is put in place of values that name resources, where it has to be JSON."""
_LAMBDA: Final = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "bench",
}
"""What Lambda itself adds."""


def function_environment(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of the functions of a template, with the defaults of its parameters."""
    variables: Mapping[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    parameters: Mapping[str, Any] = template["Parameters"]
    told = {name: _value(name, value, parameters) for name, value in variables.items()}
    return {"PATH": os.environ["PATH"], **told, **_LAMBDA}


def _value(name: str, value: Any, parameters: Mapping[str, Any]) -> str:
    if isinstance(value, Mapping):
        parameter = parameters.get(value.get("Ref", ""), {})
        return str(parameter.get("Default", _UNKNOWN.get(name, "bench")))
    return str(value)
