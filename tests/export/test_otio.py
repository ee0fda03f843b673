from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.export.otio import graded_timeline, timeline_text
from lutnet.grade import CDL
from tests.export.examples import Source, some_cdl, some_result, source_timeline
from tests.export.test_cdl_xml import EXTREMES


@pytest.fixture
def source() -> Source:
    return source_timeline(Path("/cuts/cut.otio"), [some_result(0), some_result(1)])


def reread(timeline: otio.schema.Timeline) -> list[otio.schema.Clip]:
    return list(otio.adapters.read_from_string(timeline_text(timeline), "otio_json").find_clips())


@pytest.mark.parametrize("cdl", [*EXTREMES.values(), *map(some_cdl, range(10))])
def test_the_cdl_comes_back_from_the_file(source: Source, cdl: CDL) -> None:
    first = next(iter(source.clips))
    clip = reread(graded_timeline(source.otio, source.clips, {first: cdl}, {}))[0]
    sop = clip.metadata["cdl"]["asc_sop"]
    assert (tuple(sop["slope"]), tuple(sop["offset"]), tuple(sop["power"])) == (
        cdl.slope,
        cdl.offset,
        cdl.power,
    )
    assert clip.metadata["cdl"]["asc_sat"] == cdl.saturation


def test_the_timeline_that_came_in_is_not_touched(source: Source) -> None:
    before = timeline_text(source.otio)
    graded_timeline(source.otio, source.clips, dict.fromkeys(source.clips, CDL()), {}, "..")
    assert timeline_text(source.otio) == before


def test_each_clip_gets_its_own_grade(source: Source) -> None:
    cdls = {shot_id: some_cdl(number) for number, shot_id in enumerate(source.clips)}
    facts = {shot_id: {"id": shot_id} for shot_id in source.clips}
    clips = reread(graded_timeline(source.otio, source.clips, cdls, facts))
    assert [clip.metadata["lutnet"]["id"] for clip in clips] == list(source.clips)
    assert [clip.metadata["cdl"]["asc_sat"] for clip in clips] == [cdl.saturation for cdl in cdls.values()]


def test_clips_without_a_grade_keep_the_metadata_they_had(source: Source) -> None:
    first, second = source.clips.values()
    first.metadata["cdl"] = {"asc_sat": 0.5}
    second.metadata["other"] = "kept"
    clips = reread(graded_timeline(source.otio, source.clips, {list(source.clips)[1]: CDL()}, {}))
    assert clips[0].metadata["cdl"] == {"asc_sat": 0.5}
    assert clips[1].metadata["other"] == "kept"


def test_relative_media_is_found_from_the_package_and_absolute_stays(source: Source) -> None:
    first, second = source.clips.values()
    first.media_reference = otio.schema.ImageSequenceReference("plates", "a.", ".exr", 1, 1, 24.0, 4)
    urls = ["file:///m/a%20b.mov", "/m/a.mov", "C:\\m\\a.mov", "\\\\server\\a.mov", "http://x/a.mov"]
    second.set_media_references(
        {"DEFAULT_MEDIA": otio.schema.ExternalReference("media/a.mov")}
        | {url: otio.schema.ExternalReference(url) for url in urls},
        "DEFAULT_MEDIA",
    )
    plate, clip = reread(graded_timeline(source.otio, source.clips, {}, {}, ".."))
    assert plate.media_reference.target_url_base == "../plates"
    assert clip.media_reference.target_url == "../media/a.mov"
    assert [clip.media_references()[url].target_url for url in urls] == urls


def test_nested_clips_are_graded_in_their_place(source: Source) -> None:
    inner = otio.schema.Clip("inner")
    stack = otio.schema.Stack("nest")
    track = otio.schema.Track("inside")
    track.append(inner)
    stack.append(track)
    source.otio.tracks[0].insert(1, stack)
    graded = graded_timeline(source.otio, {**source.clips, "in": inner}, {"in": some_cdl()}, {})
    marked = [clip.name for clip in reread(graded) if "cdl" in clip.metadata]
    assert marked == ["inner"]
