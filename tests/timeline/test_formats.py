"""Bundles and XML: what is read, and what a file may not do to its reader."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import opentimelineio as otio
import pytest

from lutnet.errors import LutnetError, OutputError, TimelineError
from lutnet.timeline import read_timeline
from lutnet.timeline.formats import FORMATS
from tests.timeline import build


def content(url: str = "media/a.mov") -> str:
    text: str = build.timeline(build.track(build.clip("A", url=url))).to_json_string()
    return text


def zipped(path: Path, members: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_bundles_that_opentimelineio_writes_are_read_with_their_media(tmp_path: Path) -> None:
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a b.mov").write_bytes(b"picture")
    made = build.timeline(build.track(build.clip("A", url=(tmp_path / "from" / "a b.mov").as_uri())))
    for name in ("cut.otioz", "cut.otiod"):
        otio.adapters.write_to_file(made, str(tmp_path / name))
    (tmp_path / "from" / "a b.mov").unlink()
    for name in ("cut.otioz", "cut.otiod"):
        (shot,) = read_timeline(tmp_path / name).shots
        assert shot.media is not None
        assert Path(shot.media).read_bytes() == b"picture"
        assert Path(shot.media).is_relative_to(tmp_path)


def test_a_bundle_is_unpacked_once_and_again_where_it_changed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cut.otioz", {"content.otio": content(), "media/a.mov": b"old"})
    first = read_timeline(path).shots[0].media
    assert first is not None
    written = Path(first).stat().st_mtime_ns
    assert Path(str(read_timeline(path).shots[0].media)).stat().st_mtime_ns == written
    zipped(path, {"content.otio": content(), "media/a.mov": b"newer"})
    assert Path(str(read_timeline(path).shots[0].media)).read_bytes() == b"newer"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["cut.otioz", "cut.otioz.media"]


@pytest.mark.parametrize(
    "name",
    [
        "../e.mov",
        "media/../../e.mov",
        "/e.mov",
        "C:/e.mov",
        "..\\e.mov",
        "media/..\\..\\e.mov",
    ],
)
def test_no_path_leaves_the_bundle(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "cut.otioz", {"content.otio": content(), "media/a.mov": b"x", name: b"evil"})
    with pytest.raises(TimelineError, match="leads out of the bundle"):
        read_timeline(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["cut.otioz"]


def test_no_link_is_unpacked(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("media/a.mov")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "cut.otioz", "w") as archive:
        archive.writestr("content.otio", content())
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(TimelineError, match="leads out of the bundle"):
        read_timeline(tmp_path / "cut.otioz")


def test_no_link_of_a_folder_leads_outside(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "cut.otiod" / "media").mkdir(parents=True)
    (tmp_path / "cut.otiod" / "content.otio").write_text(content())
    (tmp_path / "cut.otiod" / "media" / "a.mov").symlink_to(tmp_path / "secret")
    with pytest.raises(TimelineError, match="leads out of the bundle"):
        read_timeline(tmp_path / "cut.otiod")


@pytest.mark.parametrize("name", ["cut.otioz", "cut.otiod"])
def test_a_url_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    if name.endswith("z"):
        zipped(tmp_path / name, {"content.otio": content("media/../../secret.mov")})
    else:
        (tmp_path / name).mkdir()
        (tmp_path / name / "content.otio").write_text(content("media/../../secret.mov"))
    with pytest.raises(TimelineError, match="leads out of the bundle"):
        read_timeline(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cut.otioz", {"content.otio": content(), "media/a.mov": bytes(64 << 20)})
    assert path.stat().st_size < 1 << 20
    with pytest.raises(TimelineError, match="grows beyond measure"):
        read_timeline(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["cut.otioz"]


def test_a_bundle_that_does_not_fit_on_the_disk_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "cut.otioz", {"content.otio": content(), "media/a.mov": b"x" * 99})
    monkeypatch.setattr("lutnet.timeline.bundle.shutil.disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(OutputError, match="no room"):
        read_timeline(path)


@pytest.mark.parametrize("cut", [10, 60, -30])
def test_a_damaged_bundle_is_one_clear_error(tmp_path: Path, cut: int) -> None:
    whole = zipped(tmp_path / "whole.otioz", {"content.otio": content(), "media/a.mov": b"x"}).read_bytes()
    (tmp_path / "cut.otioz").write_bytes(whole[:cut])
    with pytest.raises(TimelineError, match=r"cut\.otioz"):
        read_timeline(tmp_path / "cut.otioz")


ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><xmeml>&b;</xmeml>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xmeml>&a;</xmeml>'


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml"])
@pytest.mark.parametrize("text", [ENTITIES, EXTERNAL])
def test_entities_do_not_reach_the_adapters(tmp_path: Path, suffix: str, text: str) -> None:
    (tmp_path / f"cut{suffix}").write_text(text)
    with pytest.raises(TimelineError, match="not safe to read"):
        read_timeline(tmp_path / f"cut{suffix}")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "data", [b"", b"\0\1\2\3" * 99, b"<a><b></a>", b"{}", b"x" * 5000, b"\xff\xfe<\0a\0>\0"]
)
def test_what_is_no_timeline_is_one_clear_error(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(data)
    with pytest.raises(LutnetError, match=r"cut\.") as caught:
        read_timeline(path)
    assert "\n" not in str(caught.value)


def test_a_file_beyond_all_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lutnet.timeline.formats.MAX_BYTES", 1000)
    (tmp_path / "cut.otio").write_text(" " * 1001)
    with pytest.raises(TimelineError, match=r"too large: 1001 \(allowed: 1000 bytes\)"):
        read_timeline(tmp_path / "cut.otio")


def test_an_aaf_that_is_cut_off_is_one_clear_error(shared: Path, tmp_path: Path) -> None:
    whole = (shared / "interop/aaf/simple.aaf").read_bytes()
    for length in (600, 5000, len(whole) // 2, len(whole) - 4096):
        path = tmp_path / f"cut{length}.aaf"
        path.write_bytes(whole[:length])
        with pytest.raises(TimelineError, match=path.name):
            read_timeline(path)
