"""Files and folders that cannot be meant: one clear line without a parser's own words, exit code 2, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main

RAW = ("Error(", "Errno", "Traceback", "Expecting", "codec", "while reading", "deserializing")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of what can be named by mistake."""
    (tmp_path / "stills").mkdir()
    (tmp_path / "file.txt").write_text("text")
    (tmp_path / "broken.json").write_text("{ nope")
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty.otio").write_text("")
    (tmp_path / "still.png").write_bytes(b"\x89PNG")
    for name in ("plan", "package"):
        (tmp_path / name).mkdir()
    (tmp_path / "plan" / "plan.json").write_text("{ nope")
    (tmp_path / "package" / "grades.json").write_text("{ nope")
    return tmp_path


def refused(words: str, capsys: pytest.CaptureFixture[str], folder: Path) -> str:
    before = sorted(folder.rglob("*"))
    options = [word.replace("@", f"{folder}/") for word in words.split()]
    try:
        code = main(options)
    except SystemExit as ended:  # by the parser
        code = int(str(ended.code))
    printed = capsys.readouterr()
    assert (code, printed.out) == (EXIT_BAD_INPUT, "")
    assert printed.err.startswith("lutnet: error: ") and printed.err.count("\n") == 1
    assert not any(raw in printed.err for raw in RAW), printed.err
    assert sorted(folder.rglob("*")) == before
    return printed.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("grade @stills", "a folder is no timeline"),
        ("shots @package", "lutnet review and lutnet export"),
        ("diagnose @stills", "a folder is no still or video"),
        ("match @stills --ref @still.png", "a folder is no still or video"),
        ("look fit --ref @stills --on @stills -o @a.look", "holds no image"),
        ("grade @still.png", "lutnet match grades one still"),
        ("grade @empty.otio", "The document is empty"),
        ("grade @binary.json", "no text"),
        ("grade @other.json", "no timeline"),
        ("run-job @plan 1", "not a plan: no JSON from line 1, column 3 on"),
        ("collect @plan", "not a plan: no JSON from line 1, column 3 on"),
        ("collect @file.txt", "cannot read the plan"),
        ("export @package", "grades.json is damaged: no JSON from line 1, column 3 on"),
        ("export @package -o @out", "none is asked for"),
        ("export @package -o @file.txt --carrier ccc", "the folder to write to is a file"),
        ("export @package -o @out --carrier nope", "carrier is not known"),
        ("export @stills", "Is this a lutnet package?"),
        ("review @package", "grades.json is damaged"),
        ("regrade @empty.otio --from @file.txt", "cannot read the package's grades"),
        ("diagnose @still.png --weights @file.txt", "not an image"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    words: str, told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told in refused(words, capsys, folder)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--scenes @broken.json", "not a file of scenes: no JSON from line 1, column 3 on"),
        ("--scenes @other.json", "not a file of scenes: 'scenes' is missing"),
        ("--scenes @binary.json", "not a file of scenes: no text"),
        ("--scenes @stills", "cannot read the scenes: Is a directory"),
        ("--weights @file.txt", "not a weights file of lutnet"),
        ("--weights @stills", "weights cannot be read: Is a directory"),
        ("--look @file.txt", "not a look file of lutnet"),
        ("--sequence other", "no timeline of this name: 'other' (allowed: "),
        ("--memory nan", "no amount of memory"),
        ("--memory inf", "no amount of memory"),
        ("--timeout inf", "no time, or no end"),
        ("-o @file.txt", "the package's folder is a file"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(
    options: str, told: str, folder: Path, footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(f"grade {footage}/timeline.otio {options}", capsys, folder)
    assert told in said
    assert not (footage / "timeline.lutnet").exists()


def test_a_file_in_the_way_of_a_folder_is_named(
    folder: Path, footage: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(f"plan {footage}/timeline.otio -o @file.txt", capsys, folder)
    assert "A file is in the way: name a folder." in said
