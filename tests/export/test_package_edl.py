"""What the list of a package says for people, beside the grades."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import opentimelineio as otio

from lutnet.export.package import NEEDS_LUT
from lutnet.result import Basis, DeltaE, Status
from tests.export.examples import SETTINGS, export, some_result

WORSE_ALONE = DeltaE(4.0, 6.5, 0.9, Basis.ALIGNED, 500)


def test_events_whose_cdl_is_no_use_without_its_lut_say_so(tmp_path: Path) -> None:
    clips = [
        some_result(0, delta_e=WORSE_ALONE),
        some_result(1),
        some_result(2, delta_e=WORSE_ALONE, status=Status.CHANGED),
    ]
    export(tmp_path / "cut.lutnet", clips)
    text = (tmp_path / "cut.lutnet" / "cut.edl").read_text()
    events = text.split("\n\n")[1:]
    assert [NEEDS_LUT in event for event in events] == [True, False, False]
    read = list(otio.adapters.read_from_string(text, "cmx_3600", rate=24).find_clips())
    assert [clip.metadata["cdl"]["asc_sat"] for clip in read] == [
        each.grade.cdl.saturation for each in clips if each.grade is not None
    ]


def test_a_baked_lut_holds_the_cdl_so_nothing_is_said(tmp_path: Path) -> None:
    export(tmp_path / "cut.lutnet", [some_result(0, delta_e=WORSE_ALONE)], replace(SETTINGS, bake=True))
    assert NEEDS_LUT not in (tmp_path / "cut.lutnet" / "cut.edl").read_text()
