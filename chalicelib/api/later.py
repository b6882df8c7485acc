"""Parts of a body that few callers send: their models are loaded when somebody does, not with the function."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue


class Later(msgspec.Struct, frozen=True):
    """Put on `Any` (`Annotated[Any, Later("whatsapp_body")] = None`): that file of chalicelib/api reads what comes.

    The file has `read(value)`, which returns a model and raises ValidationError, whose places are those in the part;
    and `schema()`, which returns how pydantic describes it.
    """

    file: str

    def __get_pydantic_core_schema__(self, _source: Any, _handler: "GetCoreSchemaHandler") -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, handler: "GetJsonSchemaHandler") -> "JsonSchemaValue":
        return {"anyOf": [handler(self._module().schema()), {"type": "null"}]}

    def _read(self, value: Any) -> Any:
        return None if value is None else self._module().read(value)

    def _module(self) -> Any:
        return import_module(f"chalicelib.api.{self.file}")
