"""The weights that ship: a visible table. Adding a model is a ``.safetensors``, its card and one line here.

Every file carries the network's configuration in its own header, so the hash covers it, and has a JSON card
beside it: data, seed, command, scores, limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lutnet.errors import WeightsError
from lutnet.weights.files import StoredNetwork, file_hash, load_network, load_state, save_network

__all__ = [
    "WEIGHTS",
    "StoredNetwork",
    "Weights",
    "file_hash",
    "load_network",
    "load_state",
    "save_network",
    "shipped",
]


@dataclass(frozen=True, slots=True)
class Weights:
    """One shipped model. file: in this folder; its card is the same name with ``.json``."""

    name: str
    file: str
    sha256: str

    @property
    def path(self) -> Path:
        return Path(__file__).parent / self.file

    @property
    def card(self) -> Path:
        return self.path.with_suffix(".json")


WEIGHTS = (
    Weights(
        "diagnosis",
        "diagnosis.safetensors",
        "acbdb96065a36a6aaf3ff816155e005a7b0fa7dfd1fc1764fa8a4b6af208f1c5",
    ),
    Weights(
        "refinement",
        "refinement.safetensors",
        "76340c05c418e070fc5c59f702872a68481486d39d520c3809cc0daba265926b",
    ),
    Weights(
        "refinement_2",
        "refinement_2.safetensors",
        "8ef829741dd8ed2abad40474efca87072fb6e61c84d67c67c87ae569a38af19d",
    ),
    Weights(
        "look",
        "look.safetensors",
        "b4e616b56b7455f44ff1b62415d42e348fef7d174013e0e62e13ed513ba12922",
    ),
    Weights(
        "scene",
        "scene.safetensors",
        "2f9549d546f08bc1db893a79697be06653b127e7eae1bb61c21f410d266e8daf",
    ),
    Weights(
        "alone",
        "alone.safetensors",
        "70ae966926d0dfb0cc30cb9a0dfa4a22d9ccf7bb663c1f75e3bce9158bb1873a",
    ),
    Weights(
        "still",
        "still.safetensors",
        "cc9bb60d9152f022bda4a2af8a3bece139679073b3319e158ca2ff4e1ff8a3d7",
    ),
)


def shipped(name: str) -> StoredNetwork:
    """Load the model ``name`` of WEIGHTS. Raises WeightsError for another name or a file that was changed."""
    for weights in WEIGHTS:
        if weights.name == name:
            return load_network(weights.path, sha256=weights.sha256)
    raise WeightsError("unknown weights", value=name, allowed=", ".join(entry.name for entry in WEIGHTS))
