"""A grade is applied only where nodes receive the space it was computed in, or where the user says so."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lutnet.colourspace import ColourConfig
from lutnet.shot import REC709
from resolve_bridge.errors import BridgeError
from resolve_bridge.report import ACCEPTED, FAILED
from resolve_bridge.space import FITS
from tests.resolve_bridge.conftest import Bench, MakeBench
from tests.resolve_bridge.standin.data import Edition, snapshot

DWG = "DaVinci Intermediate WideGamut"
MANAGED = "davinciYRGBColorManagedv2"


def graded_in(made: Bench, space: str) -> None:
    path = made.package / "grades.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "space": space}))


@pytest.mark.parametrize(
    ("space", "settings"),
    [
        (REC709, {"colorScienceMode": "davinciYRGB", "colorSpaceTimeline": "DaVinci WG/Intermediate"}),
        (REC709, {"colorScienceMode": MANAGED, "colorSpaceTimeline": "Rec.709 Gamma 2.4"}),
        (
            REC709,
            {
                "colorScienceMode": "davinciYRGBColorManaged",
                "separateColorSpaceAndGamma": "1",
                "colorSpaceTimeline": "Rec.709",
                "colorSpaceTimelineGamma": "Gamma 2.4",
            },
        ),
        (DWG, {"colorScienceMode": MANAGED, "colorSpaceTimeline": "DaVinci WG/Intermediate"}),
        ("ACEScct", {"colorScienceMode": "acescct"}),
        ("S-Log3 S-Gamut3.Cine", {"colorScienceMode": "davinciYRGB"}),
    ],
)
def test_the_same_space_is_accepted(bench: MakeBench, space: str, settings: dict[str, str]) -> None:
    for version in ((21, 0, 2), (21, 1, 0)):
        made = bench(edition=Edition(version))
        graded_in(made, space)
        made.desk.settings.update(settings)
        assert [line.outcome for line in made.apply().lines] == [ACCEPTED] * 3


@pytest.mark.parametrize(
    ("space", "settings"),
    [
        (REC709, {"colorScienceMode": MANAGED, "colorSpaceTimeline": "DaVinci WG/Intermediate"}),
        (REC709, {"colorScienceMode": MANAGED, "colorSpaceTimeline": "Rec.709 (Scene)"}),
        (REC709, {"colorScienceMode": "acescct"}),
        (DWG, {"colorScienceMode": "davinciYRGB", "colorSpaceTimeline": "DaVinci WG/Intermediate"}),
        ("Some space of tomorrow", {"colorScienceMode": "davinciYRGB"}),
        (REC709, {"colorScienceMode": ""}),
        (
            "ARRI LogC3 (EI800)",
            {"colorScienceMode": MANAGED, "colorSpaceTimeline": "DaVinci WG/Intermediate"},
        ),
        (REC709, {"colorScienceMode": MANAGED, "isAutoColorManage": "1"}),
        (REC709, {"colorScienceMode": "a science of tomorrow"}),
    ],
)
def test_another_or_an_unknown_space_is_refused_unless_assumed(
    bench: MakeBench, space: str, settings: dict[str, str]
) -> None:
    made = bench()
    graded_in(made, space)
    made.desk.settings.update(settings)
    before = snapshot(made.desk.open_timeline)
    with pytest.raises(BridgeError, match="--assume-space") as refused:
        made.apply()
    assert space in str(refused.value)
    assert snapshot(made.desk.open_timeline) == before
    assert [line.outcome for line in made.apply(assume=True).lines] == [ACCEPTED] * 3


def test_clips_that_lutnet_converted_need_colour_management(bench: MakeBench) -> None:
    made = bench()
    path = made.package / "grades.json"
    document = json.loads(path.read_text())
    document["clips"][0]["space"] = "S-Log3 S-Gamut3.Cine"
    path.write_text(json.dumps(document))
    made.desk.settings.update({"colorScienceMode": "davinciYRGB"})
    with pytest.raises(BridgeError, match="receive clips as they are recorded"):
        made.apply()
    made.desk.settings.update({"colorScienceMode": MANAGED, "colorSpaceTimeline": "Rec.709 Gamma 2.4"})
    assert ACCEPTED in [line.outcome for line in made.apply().lines]


def test_the_cameras_that_the_bridge_knows_are_spaces_of_the_pinned_configuration() -> None:
    names = {space.name for space in ColourConfig().spaces}
    assert set(FITS) <= names


def test_settings_of_the_timeline_go_before_the_projects(bench: MakeBench) -> None:
    made = bench()
    assert made.desk.open_timeline is not None
    made.desk.settings.update(colorScienceMode=MANAGED, colorSpaceTimeline="DaVinci WG/Intermediate")
    own = {"colorScienceMode": "davinciYRGB", "useCustomSettings": "1"}
    made.desk.open_timeline.settings.update(own)
    assert not made.apply().failed


@pytest.mark.parametrize("luts_in", ["acesccAp1", "acesAp0Linear"])
def test_an_aces_project_that_runs_luts_elsewhere_gets_no_luts(bench: MakeBench, luts_in: str) -> None:
    made = bench()
    graded_in(made, "ACEScct")
    made.desk.settings.update(colorScienceMode="acescct", colorAcesNodeLUTProcessingSpace=luts_in)
    report = made.apply()
    assert [line.outcome for line in report.lines] == [ACCEPTED, FAILED, ACCEPTED]
    assert luts_in in report.lines[1].reason


def test_acescc_takes_no_lut_that_reaches_from_0_to_1(bench: MakeBench) -> None:
    made = bench()
    graded_in(made, "ACEScc")
    made.desk.settings.update(colorScienceMode="acescc")
    assert "-0.358" in made.apply().lines[1].reason


def test_a_timeline_of_another_rate_is_refused(bench: MakeBench) -> None:
    made = bench()
    timeline: Any = made.desk.open_timeline
    timeline.rate = 25.0
    with pytest.raises(BridgeError, match="25 frames a second, and the package's at 24"):
        made.apply()
    timeline.rate = 23.999
    assert not made.apply().failed


def test_the_default_grading_space_of_lutnet_is_known_to_the_bridge() -> None:
    assert REC709 in FITS
