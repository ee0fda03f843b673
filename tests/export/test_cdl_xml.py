from __future__ import annotations

from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lutnet.errors import GradeFileError
from lutnet.export.cdl_xml import cc_text, read_cc, write_cc
from lutnet.grade import CDL, Grade
from tests.export.examples import by_grade, by_ocio, some_cdl, some_colours

EXTREMES = {
    "identity": CDL(),
    "no saturation": CDL(saturation=0.0),
    "tiny offset": CDL(offset=(1e-6, -1e-6, 0.0)),
    "no slope": CDL(slope=(0.0, 1.0, 1.0)),
    "steep": CDL(slope=(12.5, 1.0, 1.0), power=(0.000001, 4.0, 1.0), saturation=4.0),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clip.cc"


@pytest.mark.parametrize("cdl", [*EXTREMES.values(), *map(some_cdl, range(20))])
def test_opencolorio_reads_the_numbers_that_were_written(path: Path, cdl: CDL) -> None:
    write_cc(path, cdl, id="sh010", description="a & b")
    ocio.ClearAllCaches()
    read = ocio.CDLTransform.CreateFromFile(str(path), "sh010")
    assert (*read.getSlope(), *read.getOffset(), *read.getPower(), read.getSat()) == (
        *cdl.slope,
        *cdl.offset,
        *cdl.power,
        cdl.saturation,
    )
    assert read_cc(path) == cdl


def test_opencolorio_applies_the_file_as_the_cdl_itself(path: Path) -> None:
    colours = some_colours(low=-0.3, high=1.4)
    for seed in range(5):
        write_cc(path, some_cdl(seed), id="x")
        ours = by_grade(colours, Grade(some_cdl(seed)))
        assert np.abs(by_ocio(colours, path) - ours).max() <= 2e-6


def test_names_with_markup_stay_text(path: Path) -> None:
    write_cc(path, CDL(), id='"><b>&', description="</SOPNode>\x07\n<b>")
    ocio.ClearAllCaches()
    assert ocio.CDLTransform.CreateFromFile(str(path), "").getID() == '"><b>&'
    assert read_cc(path) == CDL()


def test_a_missing_node_is_the_identitys(path: Path) -> None:
    path.write_text("<ColorCorrection><SATNode><Saturation>0.5</Saturation></SATNode></ColorCorrection>")
    assert read_cc(path) == CDL(saturation=0.5)


def test_any_namespace_is_read(path: Path) -> None:
    path.write_text(
        cc_text(some_cdl(), id="x").replace("<ColorCorrection", '<ColorCorrection xmlns="urn:ASC:CDL:v1.2"')
    )
    assert read_cc(path) == some_cdl()


GOOD = cc_text(CDL(), id="x")
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + GOOD.split("\n", 1)[1].replace(
    "1.000000", "&b;"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + GOOD.split("\n", 1)[1]
REFUSED = {
    "no XML": ("hello", "no sound XML"),
    "cut off": (GOOD[:200], "no sound XML"),
    "entity bomb": (BOMB, "no sound XML"),
    "external entity": (OUTSIDE, "no sound XML"),
    "unknown encoding": (GOOD.replace("UTF-8", "XYZ-9"), "no sound XML"),
    "collection": (
        f"<ColorCorrectionCollection>{GOOD.split(chr(10), 1)[1]}</ColorCorrectionCollection>",
        "no single",
    ),
    "wrong names": (GOOD.replace("SOPNode", "ASC_SOP").replace("SatNode", "ASC_SAT"), "empty"),
    "NaN": (GOOD.replace("1.000000 1", "nan 1"), "not a number"),
    "comma": (GOOD.replace("1.000000 1", "1,0 1"), "1,0"),
    "underscores": (GOOD.replace("1.000000 1", "1_0 1"), "1_0"),
    "two values": (GOOD.replace("1.000000 1.000000 1.000000", "1.0 1.0"), "has 2 values"),
    "negative slope": (GOOD.replace("<Slope>1", "<Slope>-1"), "negative"),
    "no power": (GOOD.replace("<Power>1", "<Power>0"), "not positive"),
}


@pytest.mark.parametrize("variant", REFUSED)
def test_a_defect_is_refused_with_file_and_cause(path: Path, variant: str) -> None:
    text, cause = REFUSED[variant]
    path.write_text(text)
    with pytest.raises(GradeFileError, match=cause) as caught:
        read_cc(path)
    assert str(path) in str(caught.value)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_crashes_the_reader(path: Path, data: st.DataObject) -> None:
    text = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    path.write_bytes(text)
    try:
        assert isinstance(read_cc(path), CDL)
    except GradeFileError:
        return


@pytest.mark.shared
def test_foreign_files_read_as_opencolorio_reads_them(shared: Path) -> None:
    for path in sorted((shared / "interop" / "ocio").glob("*.cc")):
        ocio.ClearAllCaches()
        read = ocio.CDLTransform.CreateFromFile(str(path), "")
        try:
            cdl = read_cc(path)
        except GradeFileError:
            # Wrong element names: OpenColorIO reads them as the identity without a word.
            assert read.getSOP() == [1, 1, 1, 0, 0, 0, 1, 1, 1] and read.getSat() == 1
            continue
        assert np.allclose([*cdl.slope, *cdl.offset, *cdl.power], read.getSOP(), atol=1e-6), path
        assert cdl.saturation == pytest.approx(read.getSat(), abs=1e-6)
