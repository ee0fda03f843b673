"""Timelines to shots: what is listed, what is skipped and why, and what is refused."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lutnet.errors import MissingPartError, TimelineError
from lutnet.shot import Shot
from lutnet.timeline import read_timeline
from lutnet.timeline.read import timeline_of
from tests.timeline import build


def read(tmp_path: Path, *tracks: Any, start: float | None = None) -> tuple[Shot, ...]:
    (tmp_path / "clip.mp4").touch()
    return read_timeline(build.save(build.timeline(*tracks, start=start), tmp_path)).shots


def test_a_clip_becomes_a_shot_with_its_place_range_and_media(tmp_path: Path) -> None:
    clip = build.clip("A", build.span(110, 20), available=build.span(100, 50))
    (shot,) = read(tmp_path, build.track(build.gap(5), clip), start=90_000)
    assert (shot.name, shot.track, shot.track_name, shot.skipped) == ("A", 1, "V", None)
    assert (*build.numbers(shot.record), float(shot.record.rate)) == (90_005, 20, 25)
    assert (*build.numbers(shot.source), float(shot.first_frame)) == (110, 20, 10)
    assert shot.media == str(tmp_path / "clip.mp4")


def test_every_clip_of_every_enabled_video_track_is_listed_in_timeline_order(tmp_path: Path) -> None:
    tracks = (
        build.track(build.clip("1a"), build.clip("1b")),
        build.track(build.clip("off"), enabled=False),
        build.track(build.clip("sound"), kind="Audio"),
        build.track(build.gap(3), build.clip("3a")),
    )
    shots = read(tmp_path, *tracks)
    assert [(shot.name, shot.track) for shot in shots] == [("1a", 1), ("1b", 1), ("3a", 3)]


def test_shots_lead_to_their_clips(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    plan = read_timeline(build.save(build.timeline(build.track(build.clip("A"), build.clip("B"))), tmp_path))
    assert [plan.clips[shot.id].name for shot in plan.shots] == ["A", "B"]
    assert all(clip in plan.otio.find_clips() for clip in plan.clips.values())


SKIPPED: dict[str, tuple[Any, str]] = {
    "offline": (build.clip(url="gone.mov"), "offline: gone.mov"),
    "missing": (build.clip(url=None), "missing from the timeline"),
    "disabled": (build.clip(enabled=False), "disabled"),
    "remote": (build.clip(url="https://example.com/clip.mp4"), "offline"),
    "empty": (build.clip(source=build.span(5, 0)), "range is empty"),
    "negative": (build.clip(source=build.span(5, -3)), "range is empty"),
    "outside": (build.clip(source=build.span(80, 10), available=build.span(0, 50)), "outside the media"),
    "not a number": (build.clip(source=build.span(float("inf"), 5)), "not a number"),
    "no rate": (build.clip(source=build.span(0, 5, 0.0)), "rate"),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_what_cannot_be_graded_is_listed_with_the_reason_and_the_rest_is_graded(
    tmp_path: Path, case: str
) -> None:
    clip, reason = SKIPPED[case]
    (tmp_path / "clip.mp4").touch()
    plan = timeline_of(build.timeline(build.track(clip.clone(), build.clip("good"))), tmp_path / "cut.otio")
    bad, good = plan.shots
    assert bad.skipped is not None
    assert reason in bad.skipped
    assert (good.name, good.skipped) == ("good", None)


def test_a_generator_is_skipped(tmp_path: Path) -> None:
    clip = build.clip()
    clip.media_reference = otio.schema.GeneratorReference("bars", "SMPTEBars", build.span(0, 10))
    assert "generator (SMPTEBars)" in str(read(tmp_path, build.track(clip))[0].skipped)


def test_resolve_names_the_media_of_an_offline_clip_in_its_metadata(tmp_path: Path) -> None:
    clip = build.clip(url=None)
    clip.media_reference.metadata["Resolve_OTIO"] = {"Media Url": "clip.mp4"}
    assert read(tmp_path, build.track(clip))[0].media == str(tmp_path / "clip.mp4")


def test_another_media_reference_stands_in_for_an_offline_one(tmp_path: Path) -> None:
    clip = build.clip(url="gone.mov")
    proxy = otio.schema.ExternalReference("clip.mp4")
    clip.set_media_references({"DEFAULT_MEDIA": clip.media_reference, "proxy": proxy}, "DEFAULT_MEDIA")
    (shot,) = read(tmp_path, build.track(clip))
    assert (shot.media, shot.skipped) == (str(tmp_path / "clip.mp4"), None)


def test_a_still_may_be_shown_longer_than_it_is(tmp_path: Path) -> None:
    (shot,) = read(tmp_path, build.track(build.clip(source=build.span(0, 444), available=build.span(0, 1))))
    assert shot.skipped is None


def test_a_range_that_reaches_beyond_the_media_is_cut_with_a_warning(tmp_path: Path) -> None:
    clip = build.clip(source=build.span(40, 20), available=build.span(0, 50))
    (shot,) = read(tmp_path, build.track(clip))
    assert build.numbers(shot.source) == (40, 10)
    assert shot.warnings == ("the clip reaches beyond its media",)


@pytest.mark.parametrize(
    ("source", "available", "first"),
    [
        (build.span(10, 24, 24), build.span(0, 100, 24), 10),
        (build.span(24, 24, 24), build.span(0, 100, 25), 25),  # one second in
        (build.span(86_424, 24, 24), build.span(86_400, 100, 23.976), 24),  # timecode, written at 24
        (build.span(10, 24, 25), build.span(1000, 100, 25), 10),  # counted from the head
    ],
)
def test_the_first_used_frame_is_found_whatever_is_counted(
    tmp_path: Path, source: Any, available: Any, first: int
) -> None:
    (shot,) = read(tmp_path, build.track(build.clip(source=source, available=available)))
    assert shot.skipped is None
    assert shot.first_frame == first


def test_ids_are_unique_and_survive_recutting_moving_and_rereading(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    clips = [build.clip(source=build.span(start, 10)) for start in (0, 30, 30)]
    before = read(tmp_path / "a", build.track(*[clip.clone() for clip in clips]))
    shutil.move(tmp_path / "a", tmp_path / "b")
    recut = build.track(build.clip(url="other.mp4"), *[clip.clone() for clip in clips[1:]])
    after = read(tmp_path / "b", recut)
    assert len({shot.id for shot in before}) == 3
    assert [shot.id for shot in after[1:]] == [shot.id for shot in before[1:]]
    assert all(int(shot.id, 16) >= 0 for shot in before)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 40), st.integers(0, 99)), min_size=1, max_size=8),
    st.integers(0, 10**6),
)
def test_record_times_are_those_of_opentimelineio(items: list[tuple[bool, int, int]], start: int) -> None:
    made = [
        build.clip(f"{index}", build.span(source, length)) if is_clip else build.gap(length)
        for index, (is_clip, length, source) in enumerate([*items, (True, 5, 0)])
    ]
    cut = build.timeline(build.track(*made), start=start)
    for shot, clip in zip(timeline_of(cut, Path("cut.otio")).shots, cut.find_clips(), strict=True):
        expected = clip.transformed_time_range(clip.trimmed_range(), cut.tracks)
        assert shot.record.start == start + expected.start_time.value
        assert shot.record.duration == expected.duration.value


def test_transitions_take_no_time_of_their_own(tmp_path: Path) -> None:
    items = (build.clip("A"), build.dissolve(2, 3), build.clip("B"))
    assert [shot.record.start for shot in read(tmp_path, build.track(*items))] == [0, 10]


def test_the_rate_is_exact(tmp_path: Path) -> None:
    clip = build.clip(source=build.span(0, 24, 23.976))
    plan = read_timeline(build.save(build.timeline(build.track(clip)), tmp_path))
    assert plan.rate == Fraction(24000, 1001)


REFUSED: dict[str, tuple[Any, str]] = {
    "not json": ("hello", "not a timeline"),
    "empty file": ("", "not a timeline"),
    "cut off": ('{"OTIO_SCHEMA": "Timeline.1", "name": ', "not a timeline"),
    "other json": ('{"a": 1}', "holds no timeline"),
    "a number": ("3", "holds no timeline"),
    "binary": ("\0\1\2" * 99, "not a timeline"),
    "no tracks": (build.timeline(), "no video track"),
    "sound only": (build.timeline(build.track(build.clip(), kind="Audio")), "no video track"),
    "empty track": (build.timeline(build.track()), "empty"),
    "gaps only": (build.timeline(build.track(build.gap(10))), "empty"),
    "all disabled": (build.timeline(build.track(build.clip(), enabled=False)), "empty"),
    "two timelines": (
        otio.schema.SerializableCollection("bin", [build.timeline(), build.timeline()]),
        "several timelines",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_holds_nothing_to_grade_is_one_clear_error(tmp_path: Path, case: str) -> None:
    content, reason = REFUSED[case]
    path = tmp_path / "cut.otio"
    path.write_text(content if isinstance(content, str) else content.to_json_string())
    with pytest.raises(TimelineError, match=reason) as caught:
        read_timeline(path)
    assert "cut.otio" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match=r"not found.*none\.otio"):
        read_timeline(tmp_path / "none.otio")


@pytest.mark.parametrize("schema", ["Marker", "Clip", "Timeline"])
def test_a_schema_of_the_future_says_to_update(tmp_path: Path, schema: str) -> None:
    clip = build.clip()
    clip.markers.append(otio.schema.Marker("m", build.span(0, 1)))
    document = json.loads(build.timeline(build.track(clip)).to_json_string())
    text = json.dumps(document)
    for version in range(1, 9):
        text = text.replace(f'"{schema}.{version}"', f'"{schema}.99"')
    (tmp_path / "cut.otio").write_text(text)
    with pytest.raises(TimelineError, match="newer OpenTimelineIO"):
        read_timeline(tmp_path / "cut.otio")


def test_an_unknown_format_names_those_that_are_known(tmp_path: Path) -> None:
    (tmp_path / "cut.unknown").write_text("x")
    with pytest.raises(TimelineError, match=r"\.unknown.*\.otioz.*\.edl.*\.aaf"):
        read_timeline(tmp_path / "cut.unknown")


def test_a_format_without_its_plugin_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cut.aaf").write_text("x")
    monkeypatch.setattr(otio.adapters, "available_adapter_names", lambda: ["otio_json"])
    with pytest.raises(MissingPartError, match=r"lutnet\[nle\]"):
        read_timeline(tmp_path / "cut.aaf")


@pytest.mark.parametrize(
    "made", [build.clip("inner"), build.track(build.clip("inner")), build.stack(build.clip("inner"))]
)
def test_a_part_of_a_timeline_is_a_timeline_of_that_part(tmp_path: Path, made: Any) -> None:
    (tmp_path / "part.otio").write_text(made.to_json_string())
    assert [shot.name for shot in read_timeline(tmp_path / "part.otio").shots] == ["inner"]


def test_one_of_several_timelines_is_named(tmp_path: Path) -> None:
    tracks = {name: build.timeline(build.track(build.clip(name))) for name in ("A", "B")}
    for name, made in tracks.items():
        made.name = name
    path = tmp_path / "bin.otio"
    path.write_text(otio.schema.SerializableCollection("bin", list(tracks.values())).to_json_string())
    assert [shot.name for shot in read_timeline(path, sequence="B").shots] == ["B"]
    with pytest.raises(TimelineError, match=r"'C' \(allowed: A, B\).*--sequence"):
        read_timeline(path, sequence="C")
    with pytest.raises(TimelineError, match=r"several timelines.*--sequence"):
        read_timeline(path)


def write_nest(folder: Path, depth: int) -> Path:
    """A clip in ``depth`` nests, each a track in a stack; as text, for OpenTimelineIO writes them slowly."""
    opening = '{"OTIO_SCHEMA":"Track.1","kind":"Video","children":[', '{"OTIO_SCHEMA":"Stack.1","children":['
    layers = (opening[0] + opening[1]) * depth + opening[0] + build.clip("inner").to_json_string()
    tracks = f'{{"OTIO_SCHEMA":"Stack.1","children":[{layers}{"]}" * (2 * depth + 2)}'
    (folder / "cut.otio").write_text(f'{{"OTIO_SCHEMA":"Timeline.1","tracks":{tracks}}}')
    return folder / "cut.otio"


def test_a_hundred_nests_are_read(tmp_path: Path) -> None:
    assert [shot.name for shot in read_timeline(write_nest(tmp_path, 100)).shots] == ["inner"]


@pytest.mark.parametrize("depth", [110, 450, 50_000])
def test_nests_too_deep_are_refused(tmp_path: Path, depth: int) -> None:
    with pytest.raises(TimelineError, match="too deep"):
        read_timeline(write_nest(tmp_path, depth))


def test_a_speed_that_changes_is_told(tmp_path: Path) -> None:
    clip = build.clip()
    clip.effects.append(otio.schema.TimeEffect(effect_name="TimeWarp", metadata={"lookup": [0.0, 1.5, 4.0]}))
    steady, changing = read(tmp_path, build.track(build.clip(speeds=[2]), clip))
    assert steady.warnings == ()
    assert "its speed changes" in changing.warnings[0]


def test_a_timeline_of_too_many_clips_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lutnet.timeline.read.MAX_CLIPS", 3)
    assert len(read(tmp_path, build.track(*[build.clip() for _ in range(3)]))) == 3
    with pytest.raises(TimelineError, match=r"too many clips \(allowed: 3\).*cut\.otio"):
        read(tmp_path, build.track(*[build.clip() for _ in range(4)]))


def test_brackets_in_names_are_no_nests(tmp_path: Path) -> None:
    (shot,) = read(tmp_path, build.track(build.clip('[{"' * 3000)))
    assert shot.skipped is None


def test_a_nest_that_contains_itself_is_refused(tmp_path: Path) -> None:
    document = json.loads(build.timeline(build.track(build.stack())).to_json_string())
    document["tracks"]["OTIO_REF_ID"] = "all"
    inner = document["tracks"]["children"][0]["children"][0]
    inner["children"].append({"OTIO_SCHEMA": "SerializableObjectRef.1", "id": "all"})
    (tmp_path / "cut.otio").write_text(json.dumps(document))
    with pytest.raises(TimelineError):
        read_timeline(tmp_path / "cut.otio")


def test_a_track_trimmed_to_a_negative_start_begins_so_much_later(tmp_path: Path) -> None:
    # The CMX 3600 adapter writes the record time of an EDL's first event like this.
    track = build.track(build.clip("A"), build.clip("B"), trim=build.span(-90_000, 20))
    assert [build.numbers(shot.record) for shot in read(tmp_path, track)] == [(90_000, 10), (90_010, 10)]
