"""Grades by batch are the grades one by one."""

import torch

from lutnet.grade import LUT3D
from lutnet.ops.cdl import apply_cdl
from lutnet.ops.detune import detune
from lutnet.training.grade_batch import CDL_GRADE, DETUNE, LUT_GRADE, NOTHING, draw_grades
from lutnet.training.grades import GradeKind

POOL = torch.rand(4, 5, 5, 5, 3, generator=torch.Generator().manual_seed(2))


def test_a_batch_of_grades_equals_each_grade_alone():
    draw = torch.Generator().manual_seed(3)
    grades = draw_grades(40, (0.25, 0.25, 0.25, 0.25), POOL, draw)
    colours = torch.rand(40, 20, 3, generator=draw)
    together = grades.apply(colours)
    assert {DETUNE, CDL_GRADE, LUT_GRADE, NOTHING} == set(grades.kinds.tolist())
    for row, kind in enumerate(grades.kinds.tolist()):
        if kind == DETUNE:
            alone = detune(colours[row], grades.amounts[row])
        elif kind == CDL_GRADE:
            alone = apply_cdl(colours[row], *torch.split(grades.cdl[row], [3, 3, 3, 1]))
        elif kind == LUT_GRADE:
            alone = LUT3D(POOL[grades.looks[row]].numpy()).apply(colours[row])
        else:
            alone = colours[row]
        assert torch.allclose(together[row], alone, atol=1e-5)


def test_kinds_are_drawn_by_their_shares_and_in_the_order_of_their_names():
    kinds = draw_grades(4000, (0.6, 0.0, 0.1, 0.3), POOL, torch.Generator().manual_seed(4)).kinds
    shares = [float((kinds == kind).float().mean()) for kind in range(4)]
    assert all(abs(share - asked) < 0.03 for share, asked in zip(shares, (0.6, 0.0, 0.1, 0.3), strict=True))
    assert [list(GradeKind).index(kind) for kind in GradeKind] == [DETUNE, CDL_GRADE, LUT_GRADE]
