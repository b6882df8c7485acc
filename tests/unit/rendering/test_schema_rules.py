"""Schemas of all kinds: each is used or refused with a place, and none is expensive."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.template import Locale, Part
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.schema import Schemas
from tests.unit.rendering.saving import a_version, sources

KEYWORDS = (
    *("$schema", "$ref", "$defs", "definitions", "$comment", "$vocabulary", "$id", "$anchor", "$dynamicRef", "type"),
    *("properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties"),
    *("items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "uniqueItems", "allOf", "anyOf"),
    *("oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired", "dependencies", "enum", "const"),
    *(
        "pattern",
        "format",
        "minLength",
        "minimum",
        "multipleOf",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
    ),
    *("default", "examples", "title", "deprecated", "unevaluatedProperties", "unevaluatedItems", "unknown"),
)
NAMES = ("x", "y", "tenant", "0", "a/b~c", "")
BELOW_X: list[Any] = [{}, 5, [], ["x"], None, "x", True, {"allOf": 5}, {"required": 5}, {"type": [{}]}]
VALUES: list[Any] = [
    *(None, True, False, 5, -1, 0.5, "", "x", "#", "#/allOf/0", "text/html", [], [{}], [5], ["x"], [None], [["x"]], {}),
    *({"x": value} for value in BELOW_X),
    *(
        {keyword: 5}
        for keyword in ("allOf", "prefixItems", "required", "type", "properties", "$ref", "patternProperties")
    ),
    *(
        {"required": [5]},
        {"required": [{}]},
        {"properties": [{}]},
        {"contentMediaType": []},
        [{"$ref": "#"}],
        [{"not": 5}],
    ),
]
values = some.recursive(
    some.sampled_from(VALUES),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from([*KEYWORDS, "x", "y", "tenant", "0", "a/b~c", ""]), inner, max_size=4)
    ),
    max_leaves=12,
)
SOURCE = "{% if x is defined and x.y is defined %}{{ x.y }}{% for z in x.y %}{{ z }}{% endfor %}{% endif %}-"


def tried(schema: dict[str, Any], sample: dict[str, Any]) -> tuple[str, ...]:
    """The pointers to what is wrong with a schema, after it has been tried as templates are."""
    try:
        ready = Renderer().ready(sources({Part.SMS_TEXT: SOURCE}, schema=schema, sample=sample))
    except InvalidInputError as error:
        return tuple(fault.pointer for fault in error.faults)
    Renderer().data_faults(a_version(ready, schema=schema), {"x": {"y": ["<b>"]}})
    assert ready[Locale("en")][Part.SMS_TEXT]
    return ()


@given(some.dictionaries(some.sampled_from(KEYWORDS), values, min_size=1, max_size=4), values)
def test_whatever_a_schema_has_it_is_used_or_refused_with_its_place(schema: dict[str, Any], x: Any) -> None:
    assert all(pointer.startswith(("/schema", "/sample", "/localizations")) for pointer in tried(schema, {"x": x}))


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_no_value_of_a_keyword_is_more_than_refused(keyword: str) -> None:
    for value in VALUES:
        odd = {keyword: value}
        for schema in (
            odd,
            {"properties": {"x": odd}},
            {"default": odd, "properties": {"x": {"$ref": "#/default"}}},
            {"unknown": {"properties": {"x": odd}}, "anyOf": [{"$ref": "#/unknown"}, True]},
        ):
            tried(schema, {"x": {"y": ["a"]}})


@pytest.mark.parametrize(
    ("schema", "pointer", "code"),
    [
        ({"properties": 5}, "/properties", "invalid_schema"),
        ({"properties": [{}]}, "/properties", "invalid_schema"),
        ({"properties": "tenant"}, "/properties", "invalid_schema"),
        ({"properties": {"x": {"allOf": 5}}}, "/properties/x/allOf", "invalid_schema"),
        ({"unevaluatedProperties": False}, "/unevaluatedProperties", "forbidden_keyword"),
        ({"items": {"unevaluatedItems": {}}}, "/items/unevaluatedItems", "forbidden_keyword"),
        ({"$ref": "#/unknown", "unknown": {"allOf": 5}}, "", "forbidden_reference"),
        ({"not": {"$ref": "#/default/x"}, "default": {"x": {"prefixItems": 5}}}, "/not", "forbidden_reference"),
        ({"$ref": "#/allOf/" + "9" * 5_000, "allOf": [{}]}, "", "invalid_schema"),
        ({"$ref": "#/$defs/none"}, "", "invalid_schema"),
        ({"$ref": "#/properties/" + "9" * 5_000, "properties": [{}]}, "/properties", "invalid_schema"),
        ({"anyOf": [{"pattern": f"a{number}"} for number in range(51)]}, "", "too_many_patterns"),
        ({"patternProperties": {f"a{number}": {} for number in range(51)}}, "", "too_many_patterns"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_where_it_is_wrong(
    schema: dict[str, Any], pointer: str, code: str
) -> None:
    (fault,) = Schemas().schema_faults(schema)
    assert (fault.pointer, fault.code) == (pointer, code)
    (told,) = Schemas().data_faults(schema, {"x": 1})
    assert (told.pointer, told.code) == ("", code)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"unevaluatedProperties": {"type": "string"}, "$ref": {"type": "string"}}},
        {"$defs": {"a/b~c": {"type": "string"}}, "properties": {"x": {"$ref": "#/$defs/a~1b~0c"}}},
        {"properties": {"x": {"anyOf": [{"type": "string"}]}, "y": {"$ref": "#/properties/x/anyOf/0"}}},
        {"definitions": {"x": {"items": {"type": "string"}}}, "properties": {"y": {"$ref": "#/definitions/x/items"}}},
    ],
)
def test_what_is_no_keyword_and_leads_to_schemas_is_allowed(schema: dict[str, Any]) -> None:
    assert Schemas().schema_faults(schema) == ()


@pytest.mark.parametrize(
    ("patterns", "characters", "told"),
    [
        (["^[a-z ]*$"] * 20, 200_000, []),
        ([r"^\d{4}-\d{2}-\d{2}$|^[a-z ]+$"] * 5, 200_000, []),
        (["^[a-z]{1,1000}$|^ab*$"], 20_000, []),
        (["^[a-z]{1,1000}$|^ab*$"] * 3, 40_000, ["too_large"]),
        (["^(a|b)*a(a|b){1200}$"], 60_000, ["too_large"]),
    ],
)
@pytest.mark.parametrize("behind", [False, True])
def test_expressions_are_tried_on_as_much_as_they_can_read(
    patterns: list[str], characters: int, told: list[str], behind: bool
) -> None:
    tries: list[dict[str, Any]] = [{"pattern": pattern} for pattern in patterns]
    schema = {"$defs": {"x": tries[0]}, "properties": {"x": {"allOf": tries}}}
    if behind:
        schema["properties"]["x"]["allOf"] = [{"$ref": "#/$defs/x"}] * len(tries)
    found = Schemas().data_faults(schema, {"x": "a" + "b" * characters})
    assert [(fault.pointer, fault.code) for fault in found] == [("", code) for code in told]
