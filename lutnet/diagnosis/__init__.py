"""Frames to what is wrong with them: a VGG-based network with one head per correction."""

from lutnet.diagnosis.predict import diagnose

__all__ = ["diagnose"]
