"""Certificates of LUTs whose defects are known, since they were made here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import PyOpenColorIO as ocio
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor

from lutnet.certificate import Certificate, Subject, Verdict, certify, certify_subject, read_subject
from lutnet.certificate.occupancy import CELLS, DISPLAY, SPACES, occupied_cells
from lutnet.certificate.trial import try_reading
from lutnet.cli.main import main
from lutnet.errors import GradeFileError, InputError, LutnetError
from lutnet.export.carriers import write_carriers
from lutnet.export.cdl_xml import write_cc
from lutnet.export.cube import write_cube
from lutnet.grade import CDL, LUT3D, Grade
from lutnet.ops.lut3d import apply_lut3d, identity_lattice
from tests.export.examples import some_cdl, some_lut
from tests.export.test_carriers import some_delivery

IDENTITY = identity_lattice(33)
BUSY = (
    "CSPLUTV1001_0\n"
    "1D\n"
    "\n"
    "BEGIN METADATA\n"
    "Demo\n"
    "Comments0x1p3 are ignored by most par1e999 METADATA\n"
    "\n"
    "2\n"
    "0.0000000 1.0000000\n"
    "0.0 1.0\n"
    "2\n"
    " most parsers\n"
    "EN0.0000000 2.0000000\n"
    "0.0 1.0\n"
    "2\n"
    "0.0000000 3.0000000\n"
    "0.0 1.0\n"
    "\n"
    "3\n"
    "0.\t800\t300\n"
    "\t\t\t100\t-5\t-75\n"
    "\t\t\t200\t-50\t600\n"
    '\t\t\t300\t1000 0.0000000 0.0000ion="000\n'
    "0.5000000 1.0000000 1.5000000\n"
    '1.itDepth="10\n'
    ' outBitDepth="100000000 1.0000000 1.0000000\n'
)
BUMP = torch.exp(-20 * ((IDENTITY - 0.45) ** 2).sum(-1, keepdim=True))
GENTLE = CDL((0.95, 0.97, 0.96), (0.01, 0.005, 0.01), (1.05, 1.0, 0.97), 0.95)
LOOK = IDENTITY + torch.sin(torch.pi * IDENTITY) * torch.tensor([0.05, -0.03, 0.04])


def written(path: Path, lattice: Tensor, comments: tuple[str, ...] = ()) -> Path:
    write_cube(path, LUT3D(lattice.numpy()), title="made", comments=comments)
    return path


def verdicts(certificate: Certificate) -> dict[str, Verdict]:
    return {finding.question: finding.verdict for finding in certificate.findings}


def text(certificate: Certificate, question: str) -> str:
    return next(finding.text for finding in certificate.findings if finding.question == question)


def swirled() -> Tensor:
    lattice = IDENTITY.clone()
    lattice[..., :1] += 0.45 * torch.sin(2 * torch.pi * IDENTITY[..., :1]) * BUMP
    return lattice.clamp(0, 1)


def flipped() -> Tensor:
    lattice = IDENTITY.clone()
    lattice[12:20, 12:20, 12:20] = lattice[12:20, 12:20, 12:20].flip(0)
    return lattice


def falling() -> Tensor:
    return (IDENTITY + 0.06 * torch.sin(6 * torch.pi * IDENTITY)).clamp(0, 1)


DEFECTS: dict[str, tuple[Callable[[], Tensor], str]] = {
    "folded smoothly": (swirled, "folds"),
    "folded abruptly": (flipped, "folds"),
    "falling neutrals": (falling, "neutrals"),
    "clipped whites": (lambda: (1.2 * IDENTITY).clamp(0, 1), "clipping"),
    "clipped blacks": (lambda: (IDENTITY - 0.08).clamp(0, 1), "clipping"),
    "banded in 12 steps": (lambda: torch.round(IDENTITY * 12) / 12, "banding"),
    "banded curve": (lambda: torch.round(IDENTITY**0.8 * 20) / 20, "banding"),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_known_defect_is_found(tmp_path: Path, name: str) -> None:
    make, question = DEFECTS[name]
    certificate = certify(written(tmp_path / "look.cube", make()))
    assert verdicts(certificate)[question] is Verdict.DEFECT
    assert not certificate.is_sound


MEANT: dict[str, tuple[Tensor, str]] = {
    "inverted": (1 - LOOK, "inverted"),
    "red and green swapped": (LOOK[..., [1, 0, 2]], "red, green"),
    "blue fastest": (LOOK.transpose(0, 2).contiguous(), "blue-fastest"),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_could_be_meant_is_a_note_with_the_likely_cause(tmp_path: Path, name: str) -> None:
    lattice, cause = MEANT[name]
    certificate = certify(written(tmp_path / "look.cube", lattice))
    assert certificate.is_sound
    assert verdicts(certificate)["channels"] is Verdict.NOTE
    assert cause in text(certificate, "channels")


@pytest.mark.parametrize("size", [2, 5, 17, 33])
def test_the_identity_has_neither_defect_nor_note(tmp_path: Path, size: int) -> None:
    certificate = certify(written(tmp_path / "i.cube", identity_lattice(size)))
    assert set(verdicts(certificate).values()) == {Verdict.OK}


def smooth(seed: int) -> Tensor:
    """A random look without folds: curves, crosstalk and a bend, all gentle."""
    draw = torch.Generator().manual_seed(seed)
    lattice = IDENTITY ** (1 + 0.3 * (torch.rand(3, generator=draw) - 0.5))
    mix = torch.eye(3) + 0.1 * (torch.rand(3, 3, generator=draw) - 0.5)
    return torch.lerp(
        lattice @ (mix / mix.sum(1, keepdim=True)).T, torch.from_numpy(some_lut(seed).table.copy()), 0.3
    )


def as_subject(lattice: Tensor) -> Subject:
    return Subject(Path("made"), "made", lattice, lambda colours: apply_lut3d(colours, lattice))


@pytest.mark.parametrize("start", [0, 25])
def test_50_smooth_random_luts_have_no_defect(start: int) -> None:
    for seed in range(start, start + 25):
        certificate = certify_subject(as_subject(smooth(seed)))
        assert certificate.is_sound, (seed, certificate.findings)


CONFIG = ocio.Config.CreateFromFile("ocio://studio-config-v2.2.0_aces-v1.3_ocio-v2.4")
VIEWS = [
    (display, view) for display in CONFIG.getDisplays() for view in CONFIG.getViews(display) if view != "Raw"
]


@pytest.mark.parametrize(("display", "view"), VIEWS)
def test_no_view_of_the_configuration_has_a_defect(display: str, view: str) -> None:
    processor = CONFIG.getProcessor("ACEScct", display, view, ocio.TRANSFORM_DIR_FORWARD)
    table = IDENTITY.numpy().copy()
    processor.getDefaultCPUProcessor().applyRGB(table)
    certificate = certify_subject(as_subject(torch.from_numpy(table)), "ACEScct")
    assert certificate.is_sound, certificate.findings


def test_a_fold_where_no_picture_goes_is_a_note_but_a_defect_in_ours(tmp_path: Path) -> None:
    corner = torch.exp(-60 * ((IDENTITY - torch.tensor([0.05, 0.95, 0.1])) ** 2).sum(-1, keepdim=True))
    lattice = IDENTITY.clone()
    lattice[..., 2:] += 0.2 * torch.sin(6 * torch.pi * IDENTITY[..., 2:]) * corner
    lattice = lattice.clamp(0.001, 0.999)
    strange = certify(written(tmp_path / "strange.cube", lattice))
    assert verdicts(strange)["folds"] is Verdict.NOTE and strange.is_sound
    ours = certify(written(tmp_path / "ours.cube", lattice, ("lutnet 1 ; input x ; output x",)))
    assert verdicts(ours)["folds"] is Verdict.DEFECT


def running_backwards(pace: float, cells: int) -> Tensor:
    """The identity, but that red runs backwards over ``cells`` cells a side in the midst of the greys."""
    lattice = IDENTITY.clone()
    block = slice(12, 13 + cells)
    steps = torch.arange(cells + 1)[:, None, None] / 32
    lattice[block, block, block, 0] = 12 / 32 - pace * steps
    return lattice


@pytest.mark.parametrize(
    ("pace", "cells", "verdict"),
    [
        (0.30, 1, Verdict.DEFECT),
        (0.10, 2, Verdict.NOTE),
        (0.10, 6, Verdict.DEFECT),
        (0.02, 6, Verdict.NOTE),
    ],
)
def test_a_fold_that_pictures_visit_is_a_defect_where_it_is_fast_or_wide(
    tmp_path: Path, pace: float, cells: int, verdict: Verdict
) -> None:
    lattice = running_backwards(pace, cells)
    certificate = certify(written(tmp_path / "look.cube", lattice))
    assert verdicts(certificate)["folds"] is verdict, text(certificate, "folds")


def test_video_range_is_noted(tmp_path: Path) -> None:
    legal = (64 + IDENTITY * (940 - 64)) / 1023
    certificate = certify(written(tmp_path / "legal.cube", legal))
    assert "video range" in text(certificate, "range") and certificate.is_sound


def test_the_smallest_size_that_holds_the_bound_is_named(tmp_path: Path) -> None:
    assert text(certify(written(tmp_path / "i.cube", LOOK)), "smallest size").startswith("17 points")
    ragged = IDENTITY + 0.01 * torch.cos(
        32 * torch.pi * IDENTITY
    )  # every other point of 33 up, the others down
    assert text(certify(written(tmp_path / "r.cube", ragged)), "smallest size").startswith("33 points")


def test_a_cdl_that_clips_is_sound(tmp_path: Path) -> None:
    for seed in range(4):
        write_cc(tmp_path / "sh.cc", some_cdl(seed), id="sh")
        certificate = certify(tmp_path / "sh.cc")
        assert verdicts(certificate)["folds"] is Verdict.OK
        assert verdicts(certificate)["clipping"] is not Verdict.DEFECT


@pytest.mark.parametrize("name", ["clf", "cube", "3dl", "csp", "spi3d", "hald", "cc", "ccc", "cdl"])
def test_every_carrier_that_can_be_checked_is_sound(tmp_path: Path, name: str) -> None:
    (folder,) = write_carriers(some_delivery([Grade(GENTLE, some_lut(2))]), [name], tmp_path)
    (path,) = folder.iterdir()
    assert main(["check", str(path)]) == 0


def test_exit_codes_say_sound_defects_or_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = written(tmp_path / "good.cube", LOOK), written(tmp_path / "bad.cube", flipped())
    broken = tmp_path / "nan.cube"
    broken.write_text("LUT_3D_SIZE 2\n" + "nan 0 0\n" * 8)
    assert main(["check", str(good)]) == 0
    assert main(["check", str(good), str(bad)]) == 1
    capsys.readouterr()
    assert main(["check", "--json", str(good), str(bad), str(broken)]) == 2
    document = json.loads(capsys.readouterr().out)
    assert [entry["verdict"] for entry in document] == ["sound", "defects", "unreadable"]
    assert "line 2" in document[2]["error"] and "not a number" in document[2]["error"]


def test_the_picture_shows_curve_cube_and_ramps(tmp_path: Path) -> None:
    path, picture = written(tmp_path / "look.cube", swirled()), tmp_path / "look.png"
    assert main(["check", str(path), "--picture", str(picture)]) == 1
    pixels = np.asarray(Image.open(picture))
    before, after = pixels[530, 40:870].astype(int), pixels[580, 40:870].astype(int)
    assert np.abs(np.diff(before, axis=-1)).max() == 0, "the ramp before is neutral"
    assert np.abs(np.diff(after, axis=-1)).max() > 30, "the ramp after shows the tint"
    assert pixels[80:470, 475:865].std() > 10


def test_photographs_fill_the_greys_and_not_the_purest_colours() -> None:
    for space in SPACES:
        cells = occupied_cells(space, CELLS)
        assert 0.01 < cells.mean() < 0.6
    cells = occupied_cells(DISPLAY, 32)
    index = np.arange(1, 31)
    assert cells[index, index, index].all()
    assert not cells[0, 31, 31] and not cells[31, 0, 31]


def test_a_space_without_a_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no map"):
        certify(written(tmp_path / "i.cube", IDENTITY), "Raw")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", b""), ("x.clf", b"<ProcessList"), ("x.3dl", b"0 1 2\n1 2"), ("x.png", b"\x89PNG"), ("x.cc", b"<a/>"),
        ("x.csp", b"\xff\xfe"), ("x.spi3d", b"SPILUT 1.0\n3 3\n2 2 2\n0 0 0 nan 0 0\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GradeFileError) as caught:
        certify(tmp_path / name)
    assert name in str(caught.value)


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE ColorCorrection [<!ENTITY b "1 1 1">]>'
        "<ColorCorrection><SOPNode><Slope>&b;</Slope></SOPNode></ColorCorrection>"
    )
    for suffix in (".cc", ".clf", ".ccc"):
        path = tmp_path / f"bomb{suffix}"
        path.write_text(bomb)
        with pytest.raises(GradeFileError):
            certify(path)


def test_a_sound_file_with_a_document_type_is_refused_too(tmp_path: Path) -> None:
    (folder,) = write_carriers(some_delivery([Grade(GENTLE)]), ["clf"], tmp_path)
    (path,) = folder.iterdir()
    path.write_text(path.read_text().replace("<ProcessList", "<!DOCTYPE ProcessList []><ProcessList", 1))
    with pytest.raises(GradeFileError, match="no sound XML"):
        certify(path)


def test_a_hald_that_claims_a_huge_chunk_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (folder,) = write_carriers(some_delivery([Grade(GENTLE)]), ["hald"], tmp_path)
    (path,) = folder.iterdir()
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"IDAT") - 4] + b"\x7f\xff\xff\xff" + data[data.index(b"IDAT") :])
    with pytest.raises(GradeFileError, match="cut off or damaged"):
        certify(path)


def test_a_file_that_keeps_opencolorio_busy_for_ever_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "busy.csp"
    path.write_text(BUSY)
    with pytest.raises(GradeFileError, match="does not finish"):
        try_reading(path, 3.0)


SEEDS = {
    "x.cube": b"LUT_3D_SIZE 2\n" + b"0 0.5 1\n" * 8,
    "x.cc": b"<ColorCorrection><SOPNode><Slope>1 1 1</Slope></SOPNode></ColorCorrection>",
    "x.3dl": b"0 1023\n" + b"0 512 1023\n" * 8,
    "x.csp": b"CSPLUTV100\n3D\n\n2\n0 1\n0 1\n2\n0 1\n0 1\n2\n0 1\n0 1\n\n2 2 2\n" + b"0 0.5 1\n" * 8,
    "x.ccc": b"<ColorCorrectionCollection><ColorCorrection id='a'><SatNode><Saturation>1</Saturation></SatNode>"
    b"</ColorCorrection></ColorCorrectionCollection>",
    "x.png": cv2.imencode(".png", np.zeros((8, 8, 3), np.uint16))[1].tobytes(),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_crashes_a_reader(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SEEDS)))
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    (tmp_path / name).write_bytes(bytes(content))
    try:
        subject = read_subject(tmp_path / name)
    except LutnetError:
        return
    assert bool(torch.isfinite(subject.lattice).all())


@pytest.mark.shared
def test_most_film_luts_fold_only_where_no_picture_goes(shared: Path) -> None:
    certificates = [certify(path) for path in sorted((shared / "interop" / "luts" / "film").glob("*.cube"))]
    found = [verdicts(certificate)["folds"] for certificate in certificates]
    assert found.count(Verdict.DEFECT) <= 3 and found.count(Verdict.NOTE) >= 10


def test_the_identity_cdl_is_sound(tmp_path: Path) -> None:
    write_cc(tmp_path / "sh.cc", CDL(), id="sh")
    assert set(verdicts(certify(tmp_path / "sh.cc")).values()) == {Verdict.OK}
