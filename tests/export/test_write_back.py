"""Lists go back as they came, with their CDLs. The oracle is OpenTimelineIO's adapters; the rest is text."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.errors import OutputError
from lutnet.export.write_back import written_back
from lutnet.grade import CDL
from lutnet.timeline import Timeline, read_timeline
from lutnet.timeline.clip_cdl import clip_cdl

LISTS = (
    "cmx3600/screening_example.edl",
    "cmx3600/dissolve_test.edl",
    "cmx3600/dissolve_test_4.edl",
    "cmx3600/speed_effects_small.edl",
    "cmx3600/speed_effects.edl",
    "cmx3600/gap_test.edl",
    "resolve_shaped/resolve_cdl.edl",
)


def some_cdls(plan: Timeline) -> dict[str, CDL]:
    """A CDL of its own for each shot but the last."""
    return {
        shot.id: CDL(slope=(1.0 + number / 1000, 1.0, 0.9), saturation=0.8)
        for number, shot in enumerate(plan.shots[:-1] or plan.shots)
    }


def ungraded(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if not re.match(r"\*?\s*ASC_S", line)]


@pytest.mark.shared
@pytest.mark.parametrize("name", LISTS)
def test_an_edl_keeps_every_line_and_says_every_cdl(shared: Path, name: str, tmp_path: Path) -> None:
    source = shared / "interop" / name
    plan = read_timeline(source, rate=Fraction(24))
    cdls = some_cdls(plan)
    content = written_back(source, plan.shots, cdls)
    assert content is not None
    assert ungraded(content.decode()) == ungraded(source.read_text())
    (tmp_path / "back.edl").write_bytes(content)
    theirs = otio.adapters.read_from_file(str(tmp_path / "back.edl"), rate=24)
    found = [clip_cdl(clip) for clip in theirs.find_clips()][: len(cdls)]
    assert found == [cdls[shot.id] for shot in plan.shots if shot.id in cdls]
    assert written_back(tmp_path / "back.edl", plan.shots, cdls) == content


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sample", "sample2", "sample_cdl", "sampleUHD"])
def test_an_ale_keeps_every_cell_and_says_every_cdl(shared: Path, name: str, tmp_path: Path) -> None:
    source = shared / "interop/ale" / f"tests_sample_data_{name}.ale"
    plan = read_timeline(source)
    cdls = some_cdls(plan)
    content = written_back(source, plan.shots, cdls)
    assert content is not None
    (tmp_path / "back.ale").write_bytes(content)
    before, after = (otio.adapters.read_from_file(str(path)) for path in (source, tmp_path / "back.ale"))
    assert [clip_cdl(clip) for clip in after][: len(cdls)] == list(cdls.values())
    for old, new in zip(before, after, strict=True):
        assert (old.name, old.source_range) == (new.name, new.source_range)
        assert old.media_reference.is_equivalent_to(new.media_reference)
        kept = {
            key: text
            for key, text in old.metadata["ALE"].items()
            if not key.startswith("ASC_") and key != "CDL"
        }
        assert kept.items() <= dict(new.metadata["ALE"]).items()


def test_line_ends_and_foreign_letters_stay(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    event = b"001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\r\n* FROM CLIP NAME: gr\xfcn\r\n"
    path.write_bytes(event)
    plan = read_timeline(path, rate=Fraction(25))
    content = written_back(path, plan.shots, some_cdls(plan))
    assert content is not None
    assert content.startswith(event)
    assert content.count(b"\n") == content.count(b"\r\n") == 4


def test_tracks_and_sound_of_a_list_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    channels = (("V", 0), ("AA/V", 1), ("B", 2), ("V2", 0), ("VA1", 5), ("AA", 2))
    path.write_text(
        "\n".join(
            f"{number:03} A{number} {channel} C 00:00:00:00 00:00:01:00 00:00:0{at}:00 00:00:0{at + 1}:00"
            for number, (channel, at) in enumerate(channels)
        )
    )
    plan = read_timeline(path, rate=Fraction(25))
    assert [(shot.track, shot.name) for shot in plan.shots] == [
        (1, "A0"),
        (1, "A1"),
        (1, "A2"),
        (1, "A4"),
        (2, "A3"),
    ]
    cdls = {shot.id: CDL(slope=(1.0 + int(shot.name[1]) / 100, 1.0, 1.0)) for shot in plan.shots}
    content = written_back(path, plan.shots, cdls)
    assert content is not None
    found = re.findall(r"^\d+ A(\d) .*\n\*ASC_SOP \((\S+)", content.decode(), re.M)
    assert [(reel, float(slope)) for reel, slope in found] == [(str(n), 1.0 + n / 100) for n in range(5)]


def test_a_list_that_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text("001 A V C 00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n")
    shots = read_timeline(path, rate=Fraction(25)).shots
    path.write_text(path.read_text() + "002 A V C 00:00:00:00 00:00:01:00 00:00:01:00 00:00:02:00\n")
    with pytest.raises(OutputError, match="not the one that was graded"):
        written_back(path, shots, {})


def test_formats_without_cdls_have_nothing_to_write_back(tmp_path: Path) -> None:
    assert written_back(tmp_path / "cut.xml", (), {}) is None
