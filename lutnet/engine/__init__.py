"""Engines: the same jobs over many shots, in processes of this machine or elsewhere."""

from lutnet.engine.cluster import on_ray
from lutnet.engine.local import processes

__all__ = ["on_ray", "processes"]
