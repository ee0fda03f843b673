"""Engines: the same jobs over many shots, in processes of this machine or elsewhere."""

from lutnet.engine.local import processes

__all__ = ["processes"]
