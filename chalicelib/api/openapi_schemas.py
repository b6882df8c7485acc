"""JSON Schemas of the models of routes, as the description and the answers agree on them."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from chalicelib.api.models import Body, Query
from chalicelib.api.route import Route

Document = dict[str, Any]

_TEMPLATE: Final = "#/components/schemas/{model}"


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, told that answers leave absent values out and that titles made of names say nothing."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        if self.mode == "serialization":
            return self.generate_inner(schema["schema"])
        return super().nullable_schema(schema)

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001 (pydantic's signature)
    ) -> bool:
        if self.mode == "serialization":
            return bool(field["schema"]["type"] != "nullable")
        return bool(super().field_is_required(field, total))

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (pydantic's signature)
        return False


class Schemas:
    """The schemas of some routes' models: `definitions` for the components, references to them for operations."""

    def __init__(self, routes: Iterable[Route]) -> None:
        models = dict.fromkeys(
            model for route in routes for model in (route.body, route.query, route.answer) if model is not None
        )
        self._keys, generated = models_json_schema(
            [(model, _mode(model)) for model in models], ref_template=_TEMPLATE, schema_generator=_Generator
        )
        self._all: Document = generated.get("$defs", {})

    @property
    def definitions(self) -> Document:
        """The schemas by name; those of queries are taken apart into parameters."""
        queries = {self._name(model) for model, _ in self._keys if issubclass(model, Query)}
        return {name: schema for name, schema in self._all.items() if name not in queries}

    def reference(self, model: type[BaseModel]) -> Document:
        """Return the reference to a model's schema."""
        return dict(self._keys[model, _mode(model)])

    def parameters(self, query: type[Query] | None) -> Iterator[Document]:
        """Return the parameters of a query."""
        if query is None:
            return
        schema = self._all[self._name(query)]
        for name, each in schema["properties"].items():
            told = {key: value for key, value in each.items() if key != "description"}
            parameter = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": told}
            if "description" in each:
                parameter["description"] = each["description"]
            yield parameter

    def _name(self, model: type[BaseModel]) -> str:
        return str(self.reference(model)["$ref"]).rpartition("/")[2]


def _mode(model: type[BaseModel]) -> JsonSchemaMode:
    return "validation" if issubclass(model, Body | Query) else "serialization"
