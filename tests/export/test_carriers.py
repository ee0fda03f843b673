from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio
import pytest

from lutnet.cli.main import main
from lutnet.errors import InputError, OutputError
from lutnet.export.carriers import (
    CARRIERS,
    complete_package,
    delivery_of,
    export_carriers,
    flame_3dl,
    write_carriers,
)
from lutnet.export.carriers.ocio_bake import baked_by_ocio
from lutnet.export.carriers.record import CarriedClip, Delivery
from lutnet.export.carriers.reread import table_by_ocio
from lutnet.export.package import write_package
from lutnet.export.soundness import require_sound, summary
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.result import ClipResult
from tests.export.examples import (
    SETTINGS,
    by_grade,
    by_ocio,
    export,
    some_cdl,
    some_colours,
    some_grade,
    some_lut,
    some_result,
    some_shot,
    source_timeline,
)

LUT_SUFFIXES = {"cube": ".cube", "csp": ".csp", "spi3d": ".spi3d", "3dl": ".3dl"}
NTSC = Fraction(30000, 1001)


def some_delivery(grades: Sequence[Grade | None], rate: Fraction = Fraction(24)) -> Delivery:
    clips = [
        CarriedClip(some_shot(number, track=1 + number % 2), f"sh{number:03}", grade)
        for number, grade in enumerate(grades)
    ]
    return Delivery("cut", "1.2.3", "Rec.1886 Rec.709 - Display", rate, tuple(clips))


GRADES = [some_grade(0), Grade(some_cdl(1)), None]


@pytest.mark.parametrize("name", CARRIERS)
def test_every_carrier_is_read_back_by_another_program(tmp_path: Path, name: str) -> None:
    (folder,) = write_carriers(some_delivery(GRADES), [name], tmp_path, verify=True)
    assert list(folder.iterdir())


@pytest.mark.parametrize("name", ["edl", "edl-ccc", "ale"])
@pytest.mark.parametrize("rate", [NTSC, Fraction(24000, 1001), Fraction(25)])
def test_lists_are_read_back_at_every_rate(tmp_path: Path, name: str, rate: Fraction) -> None:
    write_carriers(some_delivery(GRADES, rate), [name], tmp_path, verify=True)


@pytest.mark.parametrize("name", ["cc", "ccc", "cdl", "edl", "edl-ccc", "ale"])
def test_200_random_cdls_come_back_from_every_list_to_1e_6(tmp_path: Path, name: str) -> None:
    grades = [Grade(some_cdl(seed)) for seed in range(200)]
    write_carriers(some_delivery(grades), [name], tmp_path, verify=True)


@pytest.mark.parametrize("name", LUT_SUFFIXES)
def test_opencolorio_applies_the_lut_as_the_baked_grade(tmp_path: Path, name: str) -> None:
    grade = some_grade(3)
    write_carriers(some_delivery([grade]), [name], tmp_path)
    colours = some_colours()
    found = by_ocio(colours, tmp_path / name / f"sh000{LUT_SUFFIXES[name]}")
    tolerance = 1 / 4095 if name == "3dl" else 3e-6
    assert np.abs(found - by_grade(colours, grade.baked(33))).max() <= tolerance


def test_opencolorio_applies_clf_as_the_grade_itself(tmp_path: Path) -> None:
    grade = some_grade(5)
    write_carriers(some_delivery([grade]), ["clf"], tmp_path)
    colours = some_colours(low=-0.1, high=1.1)
    ocio.ClearAllCaches()
    processor = ocio.Config.CreateRaw().getProcessor(ocio.FileTransform(str(tmp_path / "clf" / "sh000.clf")))
    found = colours.copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS).applyRGB(found)
    assert np.abs(found - by_grade(colours, grade)).max() <= 2e-6


DAMAGE = {
    "clf": ("sh000.clf", b"<Slope>", b"<Slope>9"),
    "cube": ("sh000.cube", b"\n0.", b"\n7."),
    "csp": ("sh000.csp", b"33 33 33\n0", b"33 33 33\n7"),
    "spi3d": ("sh000.spi3d", b"\n0 0 0 0.", b"\n0 0 0 7."),
    "3dl": ("sh000.3dl", b"\n2", b"\n9"),
    "cc": ("sh000.cc", b"<Slope>", b"<Slope>9"),
    "ccc": ("cut.ccc", b"<Slope>", b"<Slope>9"),
    "cdl": ("cut.cdl", b"<Slope>", b"<Slope>9"),
    "edl": ("cut.edl", b"*ASC_SAT ", b"*ASC_SAT 9"),
    "edl-ccc": ("cut.edl", b"ASC_CC_XML sh", b"ASC_CC_XML xx"),
    "ale": ("cut.ale", b"V\t", b"V\t"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_file_that_says_something_else_is_named(tmp_path: Path, name: str) -> None:
    delivery = some_delivery(GRADES)
    (folder,) = write_carriers(delivery, [name], tmp_path)
    file, old, new = DAMAGE[name]
    data = (folder / file).read_bytes()
    assert old in data
    (folder / file).write_bytes(data.replace(old, new, 1) if old != new else data.replace(b")\t", b")\t9", 1))
    with pytest.raises(OutputError) as caught:
        CARRIERS[name].verify(folder, delivery)
    assert str(folder / file) in str(caught.value)


@pytest.mark.parametrize("name", CARRIERS)
def test_a_file_that_was_cut_off_is_named(tmp_path: Path, name: str) -> None:
    delivery = some_delivery(GRADES[:1])
    (folder,) = write_carriers(delivery, [name], tmp_path)
    for path in folder.iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(OutputError) as caught:
            CARRIERS[name].verify(folder, delivery)
        assert str(path) in str(caught.value)
        path.write_bytes(whole)


def test_a_hald_of_another_grade_is_named(tmp_path: Path) -> None:
    (other,) = write_carriers(some_delivery([some_grade(1)]), ["hald"], tmp_path)
    with pytest.raises(OutputError, match=r"different grade.*sh000\.png"):
        CARRIERS["hald"].verify(other, some_delivery([some_grade(0)]))


def test_3dl_is_written_as_opencolorio_would_write_it() -> None:
    lut = some_lut(4)
    ours, theirs = (
        [list(map(int, line.split())) for line in data.decode().splitlines() if line]
        for data in (flame_3dl.FORMAT.encode(lut, "", ()), baked_by_ocio(lut, "flame"))
    )
    assert ours[0] == theirs[0]
    assert np.abs(np.array(ours[1:]) - np.array(theirs[1:])).max() <= 1, "but for ties of float32"


def test_a_lut_that_3dl_would_hold_but_readers_mistake_is_refused(tmp_path: Path) -> None:
    dark = Grade(CDL((0.4, 0.4, 0.4)))
    with pytest.raises(OutputError, match="too dark"):
        write_carriers(some_delivery([dark]), ["3dl"], tmp_path)
    assert list(tmp_path.iterdir()) == []
    lut = dark.baked(33).lut
    assert lut is not None
    path = tmp_path / "dark.3dl"
    path.write_bytes(baked_by_ocio(lut, "flame"))
    assert np.abs(table_by_ocio(path, 33) - lut.table).max() > 0.5, "the mistake is real"


def test_clf_is_in_the_namespace_that_old_readers_know_and_ascii(tmp_path: Path) -> None:
    (folder,) = write_carriers(some_delivery([some_grade(5)]), ["clf"], tmp_path)
    text = (folder / "sh000.clf").read_bytes().decode("ascii")
    assert 'xmlns="urn:AMPAS:CLF:v3.0"' in text and 'compCLFversion="3.0"' in text


def test_a_failed_proof_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path, delivery: Delivery) -> float:
        raise OutputError("misread", where=folder)

    monkeypatch.setitem(CARRIERS, "ccc", replace(CARRIERS["ccc"], verify=refuse))
    with pytest.raises(OutputError, match="misread"):
        write_carriers(some_delivery(GRADES), ["cc", "ccc"], tmp_path / "out", verify=True)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unknown_carrier_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="clf, cube"):
        write_carriers(some_delivery(GRADES), ["drx"], tmp_path)


def folded_lut() -> LUT3D:
    table = some_lut(0, 9).table.copy()
    table[3:6, 3:6, 3:6] = table[3:6, 3:6, 3:6][::-1]
    return LUT3D(table)


def test_a_folded_lut_never_leaves(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="folds"):
        require_sound(folded_lut(), "sh010")
    results = [some_result(0, Grade(CDL(), folded_lut()))]
    source = source_timeline(tmp_path / "cut.otio", results)
    with pytest.raises(OutputError, match="sh000"):
        write_package(tmp_path / "cut.lutnet", results, source, SETTINGS)
    assert not (tmp_path / "cut.lutnet").exists()


def test_a_clipping_cdl_is_no_fold() -> None:
    for seed in range(8):
        lut = Grade(some_cdl(seed)).baked(33).lut
        assert lut is not None
        require_sound(lut, "sh", clips=True)


def test_a_clip_that_a_lut_then_moves_is_no_fold() -> None:
    lowered = LUT3D(0.02 + 0.93 * some_lut(5).table)
    for cdl in (
        CDL((1.4, 1.3, 1.5), saturation=1.3),
        CDL(offset=(-0.1, -0.05, -0.12), saturation=1.4),
        some_cdl(5),
    ):
        lut = Grade(cdl, lowered).baked(33).lut
        assert lut is not None
        require_sound(lut, "sh", clips=True)


def test_the_header_says_what_was_checked() -> None:
    line = summary(some_lut(1))
    assert "0 folded cells" in line and "neutrals rise" in line and len(line) < 200
    assert "0 folded" not in summary(folded_lut())


def test_a_package_is_exported_later_with_the_same_grades(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    package = export(tmp_path / "cut.lutnet")
    code = main(["export", str(package.folder), "--carrier", "clf", "--carrier", "ccc", "--verify"])
    assert code == 0
    assert "re-read" in capsys.readouterr().out
    graded = [clip for clip in delivery_of(package).clips if clip.grade is not None]
    names = {path.name for path in (package.folder / "carriers" / "clf").iterdir()}
    assert names == {f"{clip.stem}.clf" for clip in graded}
    assert (package.folder / "carriers" / "ccc" / "cut.ccc").is_file()


def test_a_new_run_takes_old_carriers_away(tmp_path: Path) -> None:
    package = export(tmp_path / "cut.lutnet")
    export_carriers(package.folder, ["cc"])
    export(tmp_path / "cut.lutnet")
    assert not (package.folder / "carriers").exists()


def test_a_package_proves_its_own_files_before_it_counts(tmp_path: Path) -> None:
    results: list[ClipResult] = [some_result(0), some_result(1, Grade(some_cdl(1)))]
    source = source_timeline(tmp_path / "cut.otio", results)

    def spoil_then_prove(folder: Path) -> None:
        complete_package(folder, ["cc"], verify=True)
        path = next((folder / "cdl").glob("*.cc"))
        path.write_text(path.read_text().replace("<Saturation>", "<Saturation>9"))
        complete_package(folder, verify=True)

    with pytest.raises(OutputError, match="different grade"):
        write_package(tmp_path / "cut.lutnet", results, source, SETTINGS, finish=spoil_then_prove)
    assert not (tmp_path / "cut.lutnet").exists()


def test_without_a_carrier_the_table_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in CARRIERS)
