"""Refinement: one shot and a reference to the grade that brings the one to the other."""

from lutnet.refinement.beside import diagnose_beside
from lutnet.refinement.fit import Refined, match, refine
from lutnet.refinement.steadiness import LightChange, light_change

__all__ = ["LightChange", "Refined", "diagnose_beside", "light_change", "match", "refine"]
