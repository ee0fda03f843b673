"""Networks that ship beside the diagnosis and know the answers of that one alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from torch import nn

from lutnet import weights
from lutnet.errors import WeightsError

Network = TypeVar("Network", bound=nn.Module)


def shipped_network(name: str, what: str, build: Callable[[Mapping[str, Any]], Network]) -> Network:
    """The network that ships as ``name``, in evaluation mode.

    build: makes it, untaught, of what its file says. what: it is for, where the file says something else.
    Raises WeightsError when the file was changed.
    """
    stored = weights.shipped(name)
    try:
        network = build(stored.config)
    except (KeyError, TypeError) as error:
        raise WeightsError(
            f"not a network for {what}", where=stored.source, fix=f"Reason: {error!r}."
        ) from error
    weights.load_state(network, stored)
    return network.eval()


def fingerprint(network: nn.Module) -> str:
    """SHA-256 of the numbers of ``network``."""
    digest = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
