"""Frames to what is wrong with them: a VGG-based network with one head per correction."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lutnet.diagnosis.predict import diagnose as diagnose

__all__ = ["diagnose"]


def __getattr__(name: str) -> object:
    # On first use: a run that finds all its work done only needs the words beside it, and not the network.
    if name == "diagnose":
        from lutnet.diagnosis.predict import diagnose

        return diagnose
    raise AttributeError(f"module 'lutnet.diagnosis' has no attribute {name!r}")
