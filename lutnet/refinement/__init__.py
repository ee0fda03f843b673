"""Refinement: one shot and a reference to the grade that brings the one to the other."""

from lutnet.refinement.beside import diagnose_beside
from lutnet.refinement.fit import Refined, match, refine
from lutnet.refinement.graded import Graded
from lutnet.refinement.inside import with_cuts
from lutnet.refinement.look import fit_look, followed
from lutnet.refinement.meant import diagnosed
from lutnet.refinement.steadiness import light_change, told_of_light
from lutnet.refinement.turn import with_turn

__all__ = [
    "Graded",
    "Refined",
    "diagnose_beside",
    "diagnosed",
    "fit_look",
    "followed",
    "light_change",
    "match",
    "refine",
    "told_of_light",
    "with_cuts",
    "with_turn",
]
