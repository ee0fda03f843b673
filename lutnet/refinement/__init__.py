"""Refinement: one shot and a reference to the grade that brings the one to the other."""

from lutnet.refinement.beside import diagnose_beside
from lutnet.refinement.fit import Refined, match, refine

__all__ = ["Refined", "diagnose_beside", "match", "refine"]
