"""Makes of the fragments in this folder what Chalice merges into the template it generates.

A fragment is a Jinja template that renders to CloudFormation in YAML. It sees the stage's values (stages.yaml), the
functions (functions.yaml) and the lanes (lanes.yaml). Fragments are merged in the order of `FRAGMENTS`, then those
the stage names itself; dictionaries merge deeply, of anything else the later wins, as Chalice does it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

INFRA: Final = Path(__file__).parent
FRAGMENTS: Final = ("stack", "table", "messaging", "delivery", "files", "timers", "events", "identity", "api")


@dataclass(frozen=True)
class Lane:
    """A channel's queue, worker and all that belongs to them. `memory` in MB."""

    channel: str
    concurrency: int
    memory: int
    statements: Sequence[Mapping[str, Any]] = field(default_factory=tuple)

    @property
    def id(self) -> str:
        """How logical ids of the lane begin: `in_app` → `InApp`."""
        return "".join(word.capitalize() for word in self.channel.split("_"))


@dataclass(frozen=True)
class Function:
    """A Lambda function by its Chalice name; `memory` in MB, `timeout` in seconds."""

    name: str
    id: str
    memory: int
    timeout: int
    policy: str
    lane: Lane | None = None


@dataclass(frozen=True)
class Stage:
    """A stage, and what is in it."""

    name: str
    values: Mapping[str, Any]
    lanes: Sequence[Lane]
    functions: Sequence[Function]

    @property
    def architecture(self) -> str:
        """The processor its functions run on: `x86_64` or `arm64`."""
        return str(self.values["architecture"])

    @property
    def is_local(self) -> bool:
        """Whether it runs on MiniStack."""
        return self.name == "local"

    def render(self, source: Path, **more: object) -> str:
        """Render a file that may use the stage's values."""
        environment = Environment(
            loader=FileSystemLoader(source.parent),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
        )
        context = {**self.values, "stage": self.name, "lanes": self.lanes, "functions": self.functions, **more}
        return environment.get_template(source.name).render(context)


def read_lanes() -> list[Lane]:
    """Return the channels, in the order of lanes.yaml."""
    return [Lane(**entry) for entry in _load((INFRA / "lanes.yaml").read_text())]


def read_stage(name: str, lanes: Sequence[Lane] | None = None) -> Stage:
    """Return a stage of stages.yaml; raises KeyError when there is none of that name."""
    values = _load((INFRA / "stages.yaml").read_text())[name]
    lanes = read_lanes() if lanes is None else lanes
    named = _load((INFRA / "functions.yaml").read_text())
    functions = [
        Function(function, row["id"], row["memory"], values[f"{row['kind']}_timeout"], f"{function}.json")
        for function, row in named.items()
    ]
    functions += [
        Function(
            f"deliver_{lane.channel}", f"Deliver{lane.id}", lane.memory, values["worker_timeout"], "deliver.json", lane
        )
        for lane in lanes
    ]
    return Stage(name, values, lanes, functions)


def merge_fragments(stage: Stage) -> dict[str, Any]:
    """Return everything of the stage's template but what Chalice generates."""
    merged: dict[str, Any] = {}
    for fragment in (*FRAGMENTS, *stage.values["fragments"]):
        merged = _merge(merged, _load(stage.render(INFRA / f"{fragment}.yaml")))
    return merged


def _merge(left: dict[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    both = {key: _merge(left[key], right[key]) for key in left.keys() & right.keys() if isinstance(left[key], dict)}
    return {**left, **right, **both}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        raise yaml.YAMLError(f"cannot read {node}")
    if suffix == "GetAtt":
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def _load(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader with CloudFormation's tags)
