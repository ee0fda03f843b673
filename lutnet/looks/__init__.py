"""Looks: a fitted grade kept in a file, to be put on any timeline behind each clip's own balance."""

from lutnet.looks.files import look_bytes, read_look, write_look
from lutnet.looks.record import Look
from lutnet.looks.shelf import SUFFIX, find_look, look_on, shipped_looks

__all__ = ["SUFFIX", "Look", "find_look", "look_bytes", "look_on", "read_look", "shipped_looks", "write_look"]
