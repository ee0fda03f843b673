"""``lutnet lut blend|invert|resize|convert|bake``: LUT and CDL files into new LUT files."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.certificate import Subject, read_subject
from lutnet.cli.console import output
from lutnet.export.soundness import summary
from lutnet.lut_files import WRITERS, Made, baked, blended, inverse, own_size, write_lut

_SIZE = "points a side (default: as the file has, 64 for Hald)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    blend = _action(actions, "blend", "a LUT at a strength, or between two LUTs")
    blend.add_argument("file", type=Path, help="LUT or CDL")
    blend.add_argument(
        "other", type=Path, nargs="?", help="towards which FILE goes; without it FILE is the goal"
    )
    blend.add_argument("--strength", type=float, required=True, help="0 is the start, 1 the goal; up to 4")
    for name, words in (
        ("invert", "the LUT that takes another back"),
        ("resize", "the same LUT with other points"),
        ("convert", "the same LUT in another format"),
    ):
        _action(actions, name, words).add_argument("file", type=Path, help="LUT or CDL")
    _action(actions, "bake", "several files, one after the other, in one LUT").add_argument(
        "files", type=Path, nargs="+", help="CDLs and LUTs in the order in which they apply"
    )


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str
) -> argparse.ArgumentParser:
    action = actions.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
    suffixes = ", ".join(WRITERS)
    action.add_argument("-o", "--output", type=Path, required=True, help=f"file to write: {suffixes}")
    action.add_argument("--size", type=int, required=name == "resize", help=_SIZE)
    return action


def run(options: argparse.Namespace) -> int:
    made, source = _made(options)
    write_lut(options.output, made.lut, source)
    output().print(f"{options.output}: {made.lut.size} points ; {summary(made.lut)}")
    what = "there and back, where nothing is clipped" if options.action == "invert" else "between the points"
    output().print(f"largest error {what}: {made.error:.4f}")
    return 0


def _made(options: argparse.Namespace) -> tuple[Made, str]:
    if options.action == "bake":
        subjects = [_read(path) for path in options.files]
        size = _size(options, subjects)
        return baked(subjects, size), "baked from " + ", ".join(path.name for path in options.files)
    subject = _read(options.file)
    size = _size(options, [subject])
    if options.action == "blend":
        return _blended(options, subject, size)
    if options.action == "invert":
        return inverse(subject, size), f"inverse of {options.file.name}"
    return baked([subject], size), f"{options.action} of {options.file.name}"


def _size(options: argparse.Namespace, subjects: list[Subject]) -> int:
    if options.size is not None:
        return int(options.size)
    return max(own_size(subject, options.output) for subject in subjects)


def _blended(options: argparse.Namespace, subject: Subject, size: int) -> tuple[Made, str]:
    strength = options.strength
    if options.other is None:
        return blended(None, subject, strength, size), f"{options.file.name} at strength {strength:g}"
    made = blended(subject, _read(options.other), strength, size)
    return made, f"{options.file.name} towards {options.other.name} by {strength:g}"


def _read(path: Path) -> Subject:
    subject = read_subject(path)
    for note in subject.notes:
        output().print(f"note: {path}: {note}")
    return subject
