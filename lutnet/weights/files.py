"""Networks as safetensors files: tensors plus a JSON configuration in the header. Nothing is unpickled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lutnet.errors import OutputError, WeightsError

if TYPE_CHECKING:
    from torch import Tensor, nn

_CONFIG_KEY = "lutnet.config"
_SEAL_KEY = "lutnet.sha256"
"""Over configuration and numbers: a file of a user's own is in no table that could say what it should be."""


@dataclass(frozen=True, eq=False)
class StoredNetwork:
    """tensors: as ``state_dict`` has them. config: whatever rebuilds the network. source, sha256: the file."""

    tensors: Mapping[str, Tensor]
    config: Mapping[str, Any]
    source: Path
    sha256: str = ""


def load_network(path: Path, *, sha256: str | None = None) -> StoredNetwork:
    """Read a weights file; with ``sha256`` only that very file is accepted.

    Raises WeightsError when it is missing, corrupt, not of lutnet or not the expected file.
    """
    import safetensors.torch

    data = _read(path)
    digest = hashlib.sha256(data).hexdigest()
    if sha256 is not None and digest != sha256:
        raise WeightsError(
            "weights file has been changed",
            value=digest,
            allowed=f"SHA-256 {sha256}",
            where=path,
            fix="Reinstall lutnet.",
        )
    try:
        tensors = safetensors.torch.load(data)
        stated = _header(data)["__metadata__"]
        config, seal = json.loads(stated[_CONFIG_KEY]), stated.get(_SEAL_KEY)
    except (safetensors.SafetensorError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            "not a weights file of lutnet", where=path, fix="lutnet train makes them."
        ) from error
    if seal is not None and seal != (found := _seal(stated[_CONFIG_KEY], data)):
        raise WeightsError(
            "weights file is damaged",
            value=found,
            allowed=f"SHA-256 {seal} of what it holds",
            where=path,
            fix="Restore it from a copy, or train it again.",
        )
    return StoredNetwork(tensors, config, path, digest)


def file_hash(path: Path) -> str:
    """SHA-256 of a weights file, whatever it holds. Raises WeightsError where it cannot be read."""
    return hashlib.sha256(_read(path)).hexdigest()


def save_network(path: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> str:
    """Write a weights file and return its SHA-256. An existing file is replaced whole or not at all."""
    import safetensors.torch

    dense = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    stated = {_CONFIG_KEY: json.dumps(config, sort_keys=True)}
    seal = _seal(stated[_CONFIG_KEY], safetensors.torch.save(dense))
    data = safetensors.torch.save(dense, metadata={**stated, _SEAL_KEY: seal})
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise OutputError("weights cannot be written", where=path, fix=str(error)) from error
    return hashlib.sha256(data).hexdigest()


def load_state(module: nn.Module, stored: StoredNetwork) -> None:
    """Copy ``stored``'s tensors into ``module``. Raises WeightsError naming what does not fit."""
    expected = {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}
    found = {name: tuple(tensor.shape) for name, tensor in stored.tensors.items()}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise WeightsError(
                f"weights do not fit the network at {name}",
                value=found.get(name, "missing"),
                allowed=str(expected.get(name, "no such tensor")),
                where=stored.source,
            )
    module.load_state_dict(dict(stored.tensors))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightsError(f"weights cannot be read: {error.strerror}", where=path) from error


def _header(data: bytes) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(data[8 : _header_end(data)])
    return header


def _header_end(data: bytes) -> int:
    # The format: 8 bytes little-endian header length, then a JSON header. load() has validated both.
    return 8 + int.from_bytes(data[:8], "little")


def _seal(config: str, data: bytes) -> str:
    return hashlib.sha256(config.encode() + data[_header_end(data) :]).hexdigest()
