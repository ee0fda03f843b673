from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import opentimelineio as otio
import pytest
import skimage.data
import torch

from lutnet.errors import GradeFileError, OutputError
from lutnet.export.package import (
    BAKED_SIZE,
    MANIFEST,
    check_folder,
    default_folder,
    exported_grade,
    write_package,
)
from lutnet.export.reader import read_package
from lutnet.grade import CDL, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.result import Basis, ClipResult, DeltaE, Status
from lutnet.shot import FrameRange
from lutnet.store import FILE_NAME, Decision, Store
from lutnet.timeline import read_timeline
from tests.export.examples import (
    SETTINGS,
    by_ffmpeg,
    by_grade,
    by_ocio,
    export,
    some_cdl,
    some_colours,
    some_lut,
    some_result,
    some_results,
    some_shot,
    source_timeline,
)

SCHEMA = Path(__file__).parents[2] / "lutnet" / "export" / "grades.schema.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cut.lutnet"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def cc_of(folder: Path, name: str) -> Path:
    return folder / "cdl" / f"{name}.cc"


def test_a_package_holds_every_carrier_and_nothing_else(folder: Path) -> None:
    package = export(folder)
    luts = {clip.lut.path for clip in package.clips if clip.lut is not None}
    assert set(snapshot(folder)) == {
        "cut.edl", "cut_V2.edl", "cut.otio", MANIFEST, "review.png",
        "cdl/sh000_00000000.cc", "cdl/sh000_00000004.cc", "cdl/sh001.cc", "cdl/sh003.cc", *luts,
    }  # fmt: skip
    assert len(luts) == 2
    assert default_folder(folder.parent / "cut.otio") == folder


def test_opencolorio_applies_cdl_and_lut_as_the_grade_itself(folder: Path) -> None:
    colours = some_colours(low=-0.1, high=1.2)
    clips = [some_result(number) for number in range(4)]
    package = export(folder, clips)
    for clip, packaged in zip(clips, package.clips, strict=True):
        assert clip.grade is not None and packaged.lut is not None
        ours = by_grade(colours, clip.grade)
        theirs = by_ocio(colours, cc_of(folder, clip.shot.name), folder / packaged.lut.path)
        assert np.abs(theirs - ours).max() <= 1e-4


def test_a_baked_file_alone_is_the_grade_at_the_lattice_size(folder: Path) -> None:
    colours = some_colours()
    clips = [some_result(0), some_result(1, Grade(some_cdl(1)))]
    package = export(folder, clips, replace(SETTINGS, bake=True))
    for clip, packaged in zip(clips, package.clips, strict=True):
        assert clip.grade is not None and packaged.lut is not None
        ours = by_grade(colours, clip.grade.baked(BAKED_SIZE))
        assert np.abs(by_ocio(colours, folder / packaged.lut.path) - ours).max() <= 1e-5
        assert np.abs(by_ffmpeg(colours, folder / packaged.lut.path) - ours).max() <= 1e-5
        assert packaged.cdl == CDL()  # in every carrier, so that nobody applies it twice
        assert "*ASC_SAT 1.000000" in (folder / "cut.edl").read_text()


def test_what_is_read_back_grades_as_what_was_written(folder: Path) -> None:
    colours = some_colours()
    clips = some_results()
    package = export(folder, clips)
    for clip, packaged in zip(clips, package.clips, strict=True):
        expected, grade = exported_grade(clip), package.grade(packaged)
        assert (expected is None) == (grade is None)
        if expected is not None and grade is not None:
            assert np.abs(by_grade(colours, grade) - by_grade(colours, expected)).max() <= 2e-6


def test_records_come_back_as_they_were(folder: Path) -> None:
    clips = some_results()
    package = export(folder, clips)
    assert [clip.shot for clip in package.clips] == [clip.shot for clip in clips]
    assert [clip.status for clip in package.clips] == [clip.status for clip in clips]
    assert [clip.delta_e for clip in package.clips] == [clip.delta_e for clip in clips]
    assert package.settings == SETTINGS
    assert package.source.resolve() == (folder.parent / "cut.otio").resolve()
    first = clips[0].diagnosis
    assert first is not None and package.clips[0].corrections == first.corrections


def test_no_frame_is_lost_in_text(folder: Path) -> None:
    rate = Fraction(24000, 1001)
    odd = FrameRange(Fraction(10**9 + 1, 7), Fraction(1001, 13), rate)
    package = export(folder, [some_result(0, shot=some_shot(source=odd, media_start=Fraction(-5, 3)))])
    assert package.clips[0].shot.source == odd
    assert package.clips[0].shot.media_start == Fraction(-5, 3)


@pytest.mark.parametrize("output", ["cut.lutnet", "else where/deep/package"])
def test_media_is_found_from_the_graded_timeline_too(tmp_path: Path, output: str) -> None:
    cuts = tmp_path / "my cuts"
    (cuts / "media").mkdir(parents=True)
    clips = [some_result(0), some_result(1)]
    for clip in clips:
        (cuts / "media" / f"{clip.shot.id}.mov").write_bytes(b"")
    source = source_timeline(cuts / "cut.otio", clips)
    otio.adapters.write_to_file(source.otio, str(source.path))
    write_package(cuts / output, clips, source, SETTINGS)
    before, after = (read_timeline(path) for path in (source.path, cuts / output / "cut.otio"))
    found = [Path(str(shot.media)).resolve() for shot in after.shots]
    assert found == [Path(str(shot.media)).resolve() for shot in before.shots]
    assert [shot.id for shot in after.shots] == [shot.id for shot in before.shots]
    assert read_package(cuts / output).source.resolve() == source.path.resolve()


def test_a_timeline_name_that_some_system_forbids_makes_portable_files(tmp_path: Path) -> None:
    source = source_timeline(tmp_path / 'cut "v2": a\\b.otio', [some_result()])
    write_package(tmp_path / "out", [some_result()], source, SETTINGS)
    assert read_package(tmp_path / "out").otio.name == "cut _v2__ a_b.otio"


def test_edl_and_otio_carry_the_cdls_of_the_cc_files(folder: Path) -> None:
    package = export(folder, [some_result(number) for number in range(3)])
    edl = otio.adapters.read_from_file(str(package.edls[0]), rate=24).find_clips()
    graded = otio.adapters.read_from_file(str(package.otio)).find_clips()
    for number, clips in enumerate(zip(edl, graded, strict=True)):
        for clip in clips:
            sop = clip.metadata["cdl"]["asc_sop"]
            read = CDL(
                tuple(sop["slope"]),
                tuple(sop["offset"]),
                tuple(sop["power"]),
                clip.metadata["cdl"]["asc_sat"],
            )
            assert read == some_cdl(number)
    marks = [clip.metadata["lutnet"] for clip in graded]
    assert [mark["lut"] for mark in marks] == [clip.lut.path for clip in package.clips if clip.lut]


def test_an_identity_grade_has_a_cdl_and_no_lut_even_when_baked(folder: Path) -> None:
    for bake in (False, True):
        package = export(folder, [some_result(0, Grade())], replace(SETTINGS, strength=0.0, bake=bake))
        assert package.clips[0].cdl == CDL()
        assert package.clips[0].lut is None
        assert (folder / "luts").is_dir() and not list((folder / "luts").iterdir())
        assert cc_of(folder, "sh000").exists()


def test_a_rejected_clip_is_exported_as_the_identity_and_a_skipped_one_not_at_all(folder: Path) -> None:
    package = export(folder)
    assert (package.clips[3].cdl, package.clips[3].lut) == (CDL(), None)
    assert (package.clips[2].cdl, package.clips[2].lut) == (None, None)
    assert package.clips[2].shot.skipped == "media is offline"


def test_a_clip_found_unreadable_late_says_why(folder: Path) -> None:
    package = export(folder, [ClipResult(some_shot(), Status.SKIPPED, warnings=("cannot decode",))])
    assert package.clips[0].shot.skipped == "cannot decode"


def test_the_same_run_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    export(folder)
    before = snapshot(folder)
    export(folder)
    assert snapshot(folder) == before
    (tmp_path / "elsewhere").mkdir()
    export(tmp_path / "elsewhere" / "cut.lutnet")
    assert snapshot(tmp_path / "elsewhere" / "cut.lutnet") == before


def test_a_new_run_leaves_nothing_of_the_old_but_the_decisions(folder: Path) -> None:
    export(folder)
    with Store(folder) as store:
        store.save(some_results())
        store.decide(Decision(some_shot(0).id, Status.APPROVED))
        export(folder, store.results()[:1])
        assert store.decisions()[some_shot(0).id].status is Status.APPROVED
    names = set(snapshot(folder))
    assert FILE_NAME in names
    assert {name for name in names if name.endswith((".edl", ".cc"))} == {"cut.edl", "cdl/sh000.cc"}
    assert read_package(folder).clips[0].status is Status.APPROVED


def test_grades_json_fits_the_published_schema_and_names_its_keys(folder: Path) -> None:
    export(folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    jsonschema.Draft202012Validator.check_schema(json.loads(SCHEMA.read_text()))
    jsonschema.validate(manifest, json.loads(SCHEMA.read_text()))
    assert {
        "id", "name", "track", "record", "source", "media", "diagnosis", "cdl", "lut", "delta_e",
        "warnings", "status",
    } <= set(manifest["clips"][0])  # fmt: skip
    assert set(manifest["clips"][0]["delta_e"]) == {"before", "cdl", "cdl_lut", "basis", "pixels"}
    assert manifest["clips"][2]["cdl"] is None


@pytest.mark.parametrize(
    "delta_e", [DeltaE(float("nan"), 1, 1, Basis.PREDICTED), DeltaE(float("inf"), 1, 1, Basis.PREDICTED)]
)
def test_no_number_that_is_none_is_written(folder: Path, delta_e: DeltaE) -> None:
    with pytest.raises((GradeFileError, ValueError)):
        export(folder, [some_result(0, delta_e=delta_e)])
    assert not folder.exists()


def test_a_folder_of_other_files_is_refused_and_stays(tmp_path: Path) -> None:
    for name in ("notes.txt", "luts"):
        folder = tmp_path / name.replace(".", "_")
        (folder / name).mkdir(parents=True)
        with pytest.raises(OutputError, match="no package's"):
            export(folder)
        assert [path.name for path in folder.iterdir()] == [name]


def test_a_stranger_beside_the_package_files_stays(folder: Path) -> None:
    export(folder)
    (folder / "notes.txt").write_text("mine")
    export(folder, [some_result(7)])
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_foreign_grades_json_is_not_overwritten(folder: Path) -> None:
    folder.mkdir()
    (folder / MANIFEST).write_text('{"grades": "of a school"}')
    with pytest.raises(GradeFileError):
        export(folder)
    assert snapshot(folder) == {MANIFEST: b'{"grades": "of a school"}'}


def test_a_package_that_is_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "cut.lutnet").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "cut.lutnet")
    check_folder(tmp_path / "new")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.95])
def test_a_full_disk_leaves_the_old_package_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    export(folder)
    before = snapshot(folder)
    files = len(before)
    real, written = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal written
        written += 1
        if written > share * files:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="No space left"):
        export(folder, [some_result(number) for number in range(9)])
    monkeypatch.undo()
    assert snapshot(folder) == before
    assert read_package(folder).clips


def test_baking_costs_photographs_little() -> None:
    draw = np.random.default_rng(0)
    costs = []
    for number, name in enumerate(("astronaut", "chelsea", "coffee", "rocket")):
        picture = torch.from_numpy(getattr(skimage.data, name)()[::4, ::4] / np.float32(255))
        slope, power = 1 + draw.uniform(-0.1, 0.1, (2, 3))
        grade = Grade(
            CDL(tuple(slope), tuple(draw.uniform(-0.02, 0.02, 3)), tuple(power), 0.9), some_lut(number)
        )
        baked = grade.baked(BAKED_SIZE).apply_colours(picture)
        costs.append(float(delta_e_rgb(grade.apply_colours(picture), baked).mean()))
    assert np.mean(costs) <= 0.05


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, where the system lets us mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("no rights to mount a small file system")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_disk_that_is_really_full_damages_nothing(small_disk: Path) -> None:
    folder = small_disk / "cut.lutnet"
    many = [some_result(number) for number in range(6)]  # of 1 MB each
    with pytest.raises(OutputError, match="No space left"):
        export(folder, many)
    assert list(small_disk.iterdir()) == []
    export(folder, many[:1])
    with Store(folder) as store:
        store.save(many[:1])
        store.decide(Decision(many[0].shot.id, Status.APPROVED))
        before = snapshot(folder)
        with pytest.raises(OutputError, match="No space left"):
            export(folder, many)
        assert snapshot(folder) == before
        with pytest.raises(OutputError, match="full"):
            store.save([*many, *(some_result(number) for number in range(10, 20))])
        assert [result.status for result in store.results()] == [Status.APPROVED]
    assert read_package(folder).clips
