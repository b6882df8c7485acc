"""AWS's descriptions of its services, from which botocore makes its clients, cut down to what the making reads.

They ship compressed, with the documentation of every field and the addresses of every service. A cold start would
unpack and parse all of that for its first client, which takes longer than the rest of making it.
"""

import gzip
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

_COMPRESSED: Final = "*.json.gz"


def cut_down(data: Path, services: Collection[str]) -> None:
    """Keep in `data`, a package's folder of descriptions, those of `services`: plain, and without documentation."""
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)
    for file in data.rglob(_COMPRESSED):
        described = _without_documentation(json.loads(gzip.decompress(file.read_bytes())))
        _write(file.with_suffix(""), described)
        file.unlink()
    endpoints = data / "endpoints.json"
    if endpoints.exists():
        _write(endpoints, _of_services(json.loads(endpoints.read_text()), _endpoint_prefixes(data)))


def _endpoint_prefixes(data: Path) -> set[str]:
    """Return the names that the services in a folder have in their addresses (`sesv2` has `email`)."""
    models = (json.loads(file.read_text()) for file in data.rglob("service-2.json"))
    return {model["metadata"]["endpointPrefix"] for model in models}


def _of_services(endpoints: dict[str, Any], prefixes: Collection[str]) -> dict[str, Any]:
    partitions = [
        {**partition, "services": {name: at for name, at in partition["services"].items() if name in prefixes}}
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def _without_documentation(described: Any) -> Any:
    if isinstance(described, list):
        return [_without_documentation(part) for part in described]
    if not isinstance(described, dict):
        return described
    # A shape may have a member of this name; what documents is always a text.
    return {
        name: _without_documentation(part)
        for name, part in described.items()
        if not (name == "documentation" and isinstance(part, str))
    }


def _write(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value, separators=(",", ":")))
