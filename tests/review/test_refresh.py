"""What people decided reaches every file of the package, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

import opentimelineio as otio
import pytest

from lutnet.cli.main import main
from lutnet.export.reader import read_package
from lutnet.grade import CDL, Grade
from lutnet.result import Status
from lutnet.review.refresh import refresh_package
from lutnet.store import Decision, Store
from resolve_bridge.package import read_package as read_in_resolve


def urls(path: Path) -> list[str]:
    timeline = otio.adapters.read_from_file(str(path))
    return [clip.media_reference.target_url for clip in timeline.find_clips()]


def test_decisions_reach_every_file(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, media = read_package(package), urls(package / "film.otio")
    ids = [clip.shot.id for clip in before.clips]
    mine = Grade(CDL((1.5, 1.25, 1.125), saturation=0.5))
    with Store(package) as store:
        store.decide(
            Decision(ids[0], Status.CHANGED, mine),
            Decision(ids[1], Status.APPROVED),
            Decision(ids[2], Status.REJECTED),
        )
    assert main(["export", str(package)]) == 0
    assert "3 clips brought up to date" in capsys.readouterr().out

    after = read_package(package)
    assert [clip.status for clip in after.clips] == [Status.CHANGED, Status.APPROVED, Status.REJECTED]
    assert [clip.cdl for clip in after.clips] == [mine.cdl, before.clips[1].cdl, CDL()]
    assert after.clips[0].lut is None and not list((package / "luts").iterdir())
    assert len(after.contact_sheet) == len(before.contact_sheet) == 1
    assert urls(package / "film.otio") == media
    assert after.source == before.source
    edl = (package / "film.edl").read_text()
    assert "(1.500000 1.250000 1.125000)" in edl
    in_resolve = read_in_resolve(package)
    slopes = [clip.cdl.slope for clip in in_resolve.clips if clip.cdl is not None]
    assert (slopes[0], slopes[2]) == (mine.cdl.slope, (1.0, 1.0, 1.0))


def test_an_up_to_date_package_is_not_written(package: Path) -> None:
    seal = (package / "grades.json").stat().st_mtime_ns
    assert refresh_package(package) == 0
    assert (package / "grades.json").stat().st_mtime_ns == seal


def test_taking_a_decision_back_restores_the_files_to_the_byte(package: Path) -> None:
    def contents() -> dict[str, bytes]:
        paths = [path for path in package.rglob("*") if path.is_file()]
        kept = {str(path.relative_to(package)): path.read_bytes() for path in paths}
        return {
            name: data for name, data in kept.items() if not name.startswith(("state", ".lutnet", "review"))
        }

    first = json.loads((package / "grades.json").read_text())["clips"][0]["id"]
    with Store(package) as store:
        store.decide(Decision(first, Status.REJECTED))
        assert (
            refresh_package(package) == 1
        )  # the first time, so that both states were written by this version
        store.withdraw(first)
    refresh_package(package)
    once = contents()
    with Store(package) as store:
        store.decide(Decision(first, Status.REJECTED))
    refresh_package(package)
    assert contents() != once
    with Store(package) as store:
        store.withdraw(first)
    refresh_package(package)
    assert contents() == once


def test_what_stays_the_same_is_taken_over(package: Path) -> None:
    def places() -> dict[str, int]:
        kept = ("luts/*", "cdl/*", "*.png")
        return {str(path.relative_to(package)): path.stat().st_ino for p in kept for path in package.glob(p)}

    clips = read_package(package).clips
    changed = next(clip.shot.id for clip in clips if clip.lut is None)
    with Store(package) as store:
        store.decide(Decision(changed, Status.REJECTED))
    refresh_package(package)  # writes all of them: nobody noted what they were made from
    first = places()
    with Store(package) as store:
        store.withdraw(changed)
    refresh_package(package)
    second = places()
    same = {name for name in first if second.get(name) == first[name]}
    assert {"reference.png", *(name for name in first if name.startswith("luts/"))} <= same
    assert first.keys() - same and "review.png" not in same


def test_carriers_of_a_package_are_kept_up_to_date(package: Path) -> None:
    assert main(["export", str(package), "--carrier", "ccc"]) == 0
    listed = next((package / "carriers" / "ccc").iterdir())
    before = listed.read_text()
    with Store(package) as store:
        store.decide(Decision(read_package(package).clips[0].shot.id, Status.REJECTED))
    refresh_package(package)
    assert listed.read_text() != before
