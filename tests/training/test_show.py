"""Show models: a hidden grade is learned from stills, stored in one file, and used."""

from __future__ import annotations

import json
import shutil

import opentimelineio as otio
import pytest
import torch
from opentimelineio.opentime import RationalTime, TimeRange
from PIL import Image
from safetensors.torch import load_file, save_file

import lutnet
from lutnet.cli.main import main
from lutnet.diagnosis.look import Look
from lutnet.diagnosis.model import default_model, load_model, save_model
from lutnet.errors import InputError, WeightsError
from lutnet.export.otio import cdl_metadata
from lutnet.grade import LUT3D, Grade
from lutnet.ops.difference import delta_e_rgb
from lutnet.ops.lut3d import identity_lattice
from lutnet.timeline import read_timeline
from lutnet.training.show import fit_look, learn_show
from lutnet.training.stills import Still, graded_stills, paired_stills, timeline_stills
from lutnet.weights import WEIGHTS
from tests.training.stills import HIDDEN, graded, pictures, write_folders


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return write_folders(tmp_path_factory.mktemp("show"))


@pytest.fixture(scope="module")
def show(folders):
    return learn_show(paired_stills(*folders), default_model())


def to_hidden(grade: Grade) -> float:
    """Mean DE between two grades of real colours."""
    colours = (
        torch.cat([torch.from_numpy(picture[::4, ::4].reshape(-1, 3)) for picture in pictures()]) / 255.0
    )
    return float(delta_e_rgb(grade.apply_colours(colours), HIDDEN.apply(colours)).mean())


def test_pairs_give_the_hidden_grade(show):
    assert show.kept and show.model.look is not None
    assert to_hidden(show.model.look.grade) < 0.25 * to_hidden(Grade())


def test_graded_stills_alone_give_a_look_that_is_nearer_than_none(folders):
    look = fit_look(graded_stills(folders[1]), default_model())
    assert to_hidden(look.grade) < 0.7 * to_hidden(Grade())
    assert look.grade.lut is None


def test_left_out_stills_come_out_better(show):
    untouched, before, after = show.score.ungraded
    assert after < 0.6 * before
    assert untouched == pytest.approx(to_hidden(Grade()), rel=0.5)
    assert show.score.spoiled[2] < show.score.spoiled[1]


def test_stills_that_are_only_neutral_give_hardly_any_look(folders):
    look = fit_look(graded_stills(folders[0]), default_model())
    assert max(map(abs, look.amounts)) < 0.35


def test_a_show_is_one_file_that_gives_the_same_grade_again(show, tmp_path):
    path = tmp_path / "show.safetensors"
    digest = save_model(path, show.model)
    loaded = load_model(path)
    assert loaded.sha256 == digest and loaded.look is not None
    frame = torch.from_numpy(pictures()[0]).movedim(-1, 0)[None] / 255.0
    ours = lutnet.diagnose(frame, weights=path)
    assert ours.grade.cdl != lutnet.diagnose(frame).grade.cdl
    truth = torch.from_numpy(graded(pictures()[0])) / 255.0
    before = delta_e_rgb(lutnet.diagnose(frame).grade.apply_colours(frame[0].movedim(0, -1)), truth).mean()
    after = delta_e_rgb(ours.grade.apply_colours(frame[0].movedim(0, -1)), truth).mean()
    assert after < 0.5 * before


def test_a_look_with_a_lut_is_stored_and_applied_after_the_correction(show, tmp_path):
    lattice = identity_lattice(9)
    lattice = torch.stack((lattice[..., 0] ** 1.2, lattice[..., 1], lattice[..., 2] ** 0.9), -1)
    look = Look(Grade(HIDDEN, LUT3D(lattice.numpy())), (0.0,) * 7)
    path = tmp_path / "lut.safetensors"
    save_model(path, type(show.model)(show.model.network, show.model.calibration, look))
    loaded = load_model(path)
    assert loaded.look is not None
    colours = torch.rand(500, 3)
    assert torch.equal(loaded.look.grade.apply_colours(colours), look.grade.apply_colours(colours))
    frame = torch.from_numpy(pictures()[2]).movedim(-1, 0)[None] / 255.0
    found = lutnet.diagnose(frame, weights=path)
    assert found.grade.lut is not None


def test_a_show_that_was_tampered_with_is_refused(show, tmp_path):
    path = tmp_path / "show.safetensors"
    save_model(path, show.model)
    tensors = load_file(path)
    save_file({**tensors, "stranger": torch.zeros(2)}, path, metadata={"lutnet.config": "{}"})
    with pytest.raises(WeightsError):
        load_model(path)
    save_model(path, show.model)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="not a weights file"):
        load_model(path)


def test_names_that_do_not_match_are_all_listed(folders, tmp_path):
    other = tmp_path / "graded"
    other.mkdir()
    Image.open(folders[1] / "still_0.png").save(other / "still_0.jpg")
    Image.open(folders[1] / "still_1.png").save(other / "extra.png")
    with pytest.raises(InputError, match=r": 12 .*still_1.png \(ungraded only\).*extra.png \(graded only\)"):
        paired_stills(folders[0], other)


def test_pairs_of_different_pictures_are_refused(tmp_path):
    for name, size in (("a", (120, 80)), ("b", (80, 120))):
        (tmp_path / name).mkdir()
        Image.new("RGB", size, (90, 120, 60)).save(tmp_path / name / "one.png")
    with pytest.raises(InputError, match="not one picture"):
        paired_stills(tmp_path / "a", tmp_path / "b")


def test_too_few_stills_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(InputError, match="holds no still"):
        graded_stills(tmp_path)
    with pytest.raises(InputError, match="too few"):
        learn_show([Still("one", torch.rand(3, 128, 128))] * 2, default_model())


def test_a_finished_timeline_is_its_own_training_set(folders, tmp_path):
    timeline = otio.schema.Timeline("finished")
    timeline.tracks.append(otio.schema.Track(kind="Video"))
    for number in range(4):
        clip = otio.schema.Clip(
            f"sh{number}",
            otio.schema.ExternalReference(
                str(folders[0] / f"still_{number}.png"),
                TimeRange(RationalTime(0, 24), RationalTime(24, 24)),
            ),
            TimeRange(RationalTime(0, 24), RationalTime(24, 24)),
        )
        if number:
            clip.metadata["cdl"] = cdl_metadata(HIDDEN)
        timeline.tracks[0].append(clip)
    path = tmp_path / "finished.otio"
    otio.adapters.write_to_file(timeline, str(path))
    stills = timeline_stills(read_timeline(path))
    assert [still.name for still in stills] == ["sh1", "sh2", "sh3"]
    assert stills[0].ungraded is not None
    before = stills[0].ungraded.movedim(0, -1)
    assert torch.allclose(HIDDEN.apply(before), stills[0].graded.movedim(0, -1))


def test_the_command_writes_the_model_and_its_card_and_grade_uses_it(folders, footage, tmp_path, capsys):
    path = tmp_path / "show.safetensors"
    few = []
    for folder in folders:
        few.append(tmp_path / folder.name)
        few[-1].mkdir()
        for number in range(4):
            shutil.copy(folder / f"still_{number}.png", few[-1])
    words = ["train", "--pairs", *map(str, few), "--from", "default", "-o", str(path)]
    assert main(words) == 0
    assert "4 stills" in capsys.readouterr().out
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["sha256"] == load_model(path).sha256
    assert card["stills"] == 4 and "--pairs ungraded graded" in card["command"]
    package = tmp_path / "package"
    assert (
        main(["grade", str(footage / "timeline.otio"), "--weights", str(path), "-o", str(package), "-q"]) == 0
    )
    manifest = json.loads((package / "grades.json").read_text())
    assert manifest["weights"] == {"name": "show.safetensors", "sha256": card["sha256"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-o", "show.safetensors"], "say what to train on"),
        (["--graded", "stills", "photos", "-o", "show.safetensors"], "say what to train on"),
        (["--graded", "stills", "-o", "show.pt"], "ends in .safetensors"),
        (["--graded", "missing", "-o", "show.safetensors"], "no such folder of stills"),
    ],
)
def test_bad_words_are_one_error(words, message, capsys):
    assert main(["train", *words]) == 2
    assert message in capsys.readouterr().err


def test_foreign_and_corrupt_weights_are_one_error_and_write_nothing(footage, tmp_path, capsys):
    foreign, corrupt = tmp_path / "foreign.safetensors", tmp_path / "corrupt.safetensors"
    foreign.write_bytes(shipped_file("refinement"))
    corrupt.write_bytes(shipped_file("diagnosis")[:5000])
    for path in (foreign, corrupt, tmp_path / "missing.safetensors"):
        package = tmp_path / "package"
        words = ["grade", str(footage / "timeline.otio"), "--weights", str(path), "-o", str(package)]
        assert main(words) == 2
        assert path.name in capsys.readouterr().err
        assert not package.exists()


def shipped_file(name: str) -> bytes:
    return next(weights.path for weights in WEIGHTS if weights.name == name).read_bytes()
