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
        "85d7e570ac711391d00c54cc42a631e0f6dc487224d55949a6e346946cd35abb",
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
        "pair",
        "pair.safetensors",
        "635c614d30045682fd2bbfe56e5af2e6d0db3099b47302673d9937d75d25ce8e",
    ),
    Weights(
        "look",
        "look.safetensors",
        "b4e616b56b7455f44ff1b62415d42e348fef7d174013e0e62e13ed513ba12922",
    ),
    Weights(
        "scene",
        "scene.safetensors",
        "ef1adfc5209000be3f8b6c2ee08e00ba0050ba1c8d542d4a686b3c019c1a3997",
    ),
    Weights(
        "alone",
        "alone.safetensors",
        "cb5bdf4b564974a72c6dfd545f81012627d03c171ceae42917e4da42b05f1def",
    ),
    Weights(
        "still",
        "still.safetensors",
        "c86da59d9f2411b52e960d0d49a673634f622f51430226e11c19e4fc76cb5c36",
    ),
)


def shipped(name: str) -> StoredNetwork:
    """Load the model ``name`` of WEIGHTS. Raises WeightsError for another name or a file that was changed."""
    for weights in WEIGHTS:
        if weights.name == name:
            return load_network(weights.path, sha256=weights.sha256)
    raise WeightsError("unknown weights", value=name, allowed=", ".join(entry.name for entry in WEIGHTS))
