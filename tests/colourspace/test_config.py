"""Names of colour spaces: every way people write them, and what is said of a name that is none."""

from __future__ import annotations

import json
from pathlib import Path

import PyOpenColorIO as ocio
import pytest

from lutnet.cli.main import EXIT_BAD_INPUT, main
from lutnet.colourspace import BUILTIN, ColourConfig
from lutnet.colourspace.names import SHORT_NAMES
from lutnet.errors import InputError


@pytest.fixture(scope="module")
def config() -> ColourConfig:
    return ColourConfig()


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("S-Log3", "S-Log3 S-Gamut3.Cine"),
        ("slog3", "S-Log3 S-Gamut3.Cine"),
        ("logc3", "ARRI LogC3 (EI800)"),
        ("LogC4", "ARRI LogC4"),
        ("V-Log", "V-Log V-Gamut"),
        ("canon log 3", "CanonLog3 CinemaGamut D55"),
        ("Log3G10", "Log3G10 REDWideGamutRGB"),
        ("DaVinci Intermediate", "DaVinci Intermediate WideGamut"),
        ("acescct", "ACEScct"),
        ("apple_log", "Apple Log"),
        ("PQ", "Rec.2100-PQ - Display"),
        ("HLG", "Rec.2100-HLG - Display"),
        ("rec709", "Rec.1886 Rec.709 - Display"),
        ("Input - Sony - S-Log3 - S-Gamut3", "S-Log3 S-Gamut3"),
        ("scene_linear", "ACEScg"),
    ],
)
def test_a_space_is_found_by_the_names_people_use(config: ColourConfig, name: str, space: str) -> None:
    assert config.space(name).name == space


def test_short_names_are_of_spaces_that_the_pinned_configuration_has(config: ColourConfig) -> None:
    assert set(SHORT_NAMES) <= {space.name for space in config.spaces}


def test_what_is_listed_is_what_opencolorio_has(config: ColourConfig) -> None:
    theirs = ocio.Config.CreateFromBuiltinConfig(BUILTIN)
    pictures = [space for space in theirs.getColorSpaces() if not space.isData()]
    assert {space.getName() for space in pictures} <= {space.name for space in config.spaces}
    encodings = {space.getName(): space.getEncoding() for space in pictures}
    assert all(encodings.get(space.name, space.encoding) == space.encoding for space in config.spaces)
    assert config.displays == {name: tuple(theirs.getViews(name)) for name in theirs.getDisplays()}


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("S-Log4", "S-Log3"), ("Canon Log", "CanonLog3"), ("Rec709 gama 2.4", "Rec.709"), ("ACESct", "ACEScct")],
)
def test_an_unknown_name_is_answered_with_the_nearest(config: ColourConfig, name: str, nearest: str) -> None:
    with pytest.raises(InputError, match=f"Did you mean .*{nearest}"):
        config.space(name)


def test_a_space_that_holds_data_is_refused(config: ColourConfig) -> None:
    with pytest.raises(InputError, match="no picture"):
        config.space("Raw")


def test_the_spaces_command_lists_names_aliases_displays_and_views(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["spaces", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    named = {space["name"]: space for space in document["spaces"]}
    assert "S-Log3" in named["S-Log3 S-Gamut3.Cine"]["aliases"]
    assert named["Rec.2100-PQ - Display"]["display"] is True
    assert {"name": "sRGB - Display", "views": ["ACES 1.0 - SDR Video"]}.items() <= {
        "name": "sRGB - Display",
        "views": document["displays"][0]["views"][:1],
    }.items()
    assert main(["spaces"]) == 0
    assert "LogC4" in capsys.readouterr().out


def test_another_configuration_takes_the_place_of_the_built_in_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ocio.Config.CreateRaw()
    config.addColorSpace(ocio.ColorSpace(name="house log", encoding="log"))
    (tmp_path / "house.ocio").write_text(config.serialize())
    assert main(["spaces", "--ocio", str(tmp_path / "house.ocio"), "--json"]) == 0
    assert "house log" in [space["name"] for space in json.loads(capsys.readouterr().out)["spaces"]]


@pytest.mark.parametrize("content", ["", "ocio_profile_version: 99", "\0binary"])
def test_a_configuration_that_is_none_is_one_clear_error(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.ocio"
    path.write_text(content)
    for file in (path, tmp_path / "missing.ocio"):
        assert main(["spaces", "--ocio", str(file)]) == EXIT_BAD_INPUT
        printed = capsys.readouterr().err
        assert printed.count("\n") == 1 and file.name in printed
