"""``lutnet look fit|show|export|list``: a look that is fitted once and put on any timeline by ``grade --look``."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from lutnet.certificate import Certificate, Subject, certify_subject
from lutnet.certificate.picture import picture_png
from lutnet.cli.colour import add_colour, colour_of
from lutnet.cli.console import output, print_json, table
from lutnet.errors import InputError
from lutnet.export.atomic import write_bytes
from lutnet.export.run import UsedLook
from lutnet.export.soundness import require_sound, summary
from lutnet.looks import SUFFIX, Look, find_look, read_look, shipped_looks, write_look
from lutnet.lut_files import SIZES, WRITERS, write_lut
from lutnet.pipeline import fit_look
from lutnet.plain import Json, cdl_to_plain

POINTS = 33
EXIT_DEFECTS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_fit(actions)
    show = _action(actions, "show", "what a look does, in words, numbers and a picture")
    show.add_argument("look", help=f"a {SUFFIX} file, or the name of one that ships")
    show.add_argument("--picture", type=Path, metavar="PNG", help="draw neutral curve, cube and ramp")
    show.add_argument("--json", action="store_true", help="machine-readable output")
    export = _action(actions, "export", "a look as a LUT file for other programs")
    export.add_argument("look", help=f"a {SUFFIX} file, or the name of one that ships")
    export.add_argument(
        "-o", "--output", type=Path, required=True, help=f"file to write: {', '.join(WRITERS)}"
    )
    export.add_argument("--strength", type=float, default=1.0, help="0 is nothing, 1 the look (default: 1)")
    export.add_argument("--size", type=int, help=f"points a side (default: {POINTS}, 64 for Hald)")
    _action(actions, "list", "the looks that ship")


def _add_fit(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fit = _action(actions, "fit", "fit a look between frames and a reference that has it")
    fit.add_argument(
        "--ref", metavar="REF", required=True, help="what has the look: an image, a video, a folder of images"
    )
    fit.add_argument(
        "--on",
        metavar="FRAME",
        type=Path,
        nargs="+",
        required=True,
        help="images or videos without it, of the reference's scenes where there are such",
    )
    fit.add_argument("-o", "--output", type=Path, required=True, help=f"NAME{SUFFIX}")
    fit.add_argument("--caption", default="", help="one line to be kept with it (default: what it rests on)")
    fit.add_argument(
        "--balance",
        type=float,
        default=1.0,
        help="how much of the faults of FRAME is undone first, as grade --look will; 0: they are as they should be",
    )
    fit.add_argument("--cdl-only", action="store_true", help="a look that is one ASC CDL")
    add_colour(fit)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str
) -> argparse.ArgumentParser:
    return actions.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")


def run(options: argparse.Namespace) -> int:
    return {"fit": _fit, "show": _show, "export": _export, "list": _list}[options.action](options)


def _fit(options: argparse.Namespace) -> int:
    path: Path = options.output
    if path.suffix != SUFFIX:
        raise InputError("a look file has another suffix", value=path.suffix, allowed=SUFFIX, where="-o")
    look = fit_look(
        options.ref,
        options.on,
        path.stem,
        caption=options.caption,
        balance=options.balance,
        cdl_only=options.cdl_only,
        colour=colour_of(options),
    )
    write_look(path, look)
    output().print(f"{path}: {look.caption}")
    output().print(_parts(look))
    return 0


def _show(options: argparse.Namespace) -> int:
    path = find_look(options.look)
    look = read_look(path)
    subject = _subject(path, look)
    certificate = certify_subject(subject)
    if options.picture is not None:
        write_bytes(options.picture, picture_png(subject, certificate))
    if options.json:
        print_json(_document(path, look, certificate))
    else:
        _print(path, look, certificate)
    return 0 if certificate.is_sound else EXIT_DEFECTS


def _export(options: argparse.Namespace) -> int:
    path = find_look(options.look)
    look = read_look(path)
    size = options.size or (64 if options.output.suffix.lower() == ".png" else POINTS)
    if not SIZES[0] <= size <= SIZES[1]:
        raise InputError("size is out of range", value=size, allowed=f"{SIZES[0]} to {SIZES[1]} points")
    lut = look.lut(options.strength, size)
    require_sound(lut, look.name, clips=True)
    write_lut(options.output, lut, f"the look {look.name} at strength {options.strength:g}, in {look.space}")
    output().print(f"{options.output}: {lut.size} points, in {look.space} ; {summary(lut)}")
    return 0


def _list(options: argparse.Namespace) -> int:
    rows = table("looks that ship", "name", "what it does")
    for name, path in shipped_looks().items():
        rows.add_row(name, read_look(path).caption)
    output().print(rows)
    return 0


def _subject(path: Path, look: Look) -> Subject:
    """The look as ``lutnet check`` would see the LUT that it is exported as."""
    lattice = torch.from_numpy(look.lut(1.0, POINTS).table.copy())
    return Subject(
        path, "look", lattice, look.grade.apply_colours, baked=not look.grade.cdl.is_identity
    )  # fmt: skip


def _parts(look: Look) -> str:
    lut = look.grade.lut
    held = "no LUT" if lut is None else f"a LUT of {lut.size} points"
    return f"an ASC CDL{' that changes nothing' if look.grade.cdl.is_identity else ''} and {held}, in {look.space}"


def _document(path: Path, look: Look, certificate: Certificate) -> Json:
    lut = look.grade.lut
    return {
        "file": str(path),
        "sha256": UsedLook.of(path).sha256,
        "name": look.name,
        "caption": look.caption,
        "space": look.space,
        "cdl": cdl_to_plain(look.grade.cdl),
        "points": None if lut is None else lut.size,
        "verdict": "sound" if certificate.is_sound else "defects",
        "findings": [
            {
                "question": each.question,
                "verdict": each.verdict.value,
                "text": each.text,
                "values": dict(each.values),
            }
            for each in certificate.findings
        ],
    }


def _print(path: Path, look: Look, certificate: Certificate) -> None:
    console = output()
    console.print(f"{look.name}: {look.caption}", highlight=False)
    console.print(f"{_parts(look)} ; {path}", style="dim", highlight=False)
    cdl = look.grade.cdl
    numbers = table("its CDL", "", "red", "green", "blue", right=("red", "green", "blue"))
    for name in ("slope", "offset", "power"):
        numbers.add_row(name, *(f"{value:.4f}" for value in getattr(cdl, name)))
    numbers.add_row("saturation", f"{cdl.saturation:.4f}", "", "")
    if not cdl.is_identity:
        console.print(numbers)
    rows = table(
        f"certificate: {'sound' if certificate.is_sound else 'DEFECTS'}", "question", "verdict", "finding"
    )
    for finding in certificate.findings:
        rows.add_row(finding.question, finding.verdict.value, finding.text)
    console.print(rows)
