"""``lutnet train``: the diagnosis network on photographs that are right, or a show model on graded stills."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from lutnet.cli.console import output, print_json, progress, table
from lutnet.cli.source import add_media, timeline_of_options
from lutnet.diagnosis.model import load_named
from lutnet.diagnosis.network import NetworkConfig
from lutnet.errors import InputError
from lutnet.training.ranks import leads, started
from lutnet.training.show import Show, learn_show, save_show
from lutnet.training.stills import Still, graded_stills, paired_stills, timeline_stills
from lutnet.training.train import TrainSettings, train

DEFAULT_WEIGHTS = "default"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    defaults = TrainSettings(Path(), Path())
    parser.add_argument(
        "photos",
        type=Path,
        nargs="?",
        help="folder of photographs that are right; SOURCES.csv beside it names their sources",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help="folder for checkpoint, log and weights; of a show model, its .safetensors file",
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="WEIGHTS",
        help=f"go on from these weights; {DEFAULT_WEIGHTS!r} are those that ship",
    )
    _add_show(parser)
    parser.add_argument(
        "--imagenet", metavar="MODEL", help="start from this torchvision VGG's ImageNet convolutions"
    )
    parser.add_argument("--steps", type=int, default=defaults.steps, help="default: %(default)s")
    parser.add_argument("--batch", type=int, default=defaults.batch, help="default: %(default)s")
    parser.add_argument(
        "--rate", type=float, default=defaults.rate, help="learning rate (default: %(default)s)"
    )
    parser.add_argument("--grid", type=int, default=NetworkConfig().grid, help="default: %(default)s pixels")
    parser.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    parser.add_argument("--device", default=defaults.device, help="cpu, cuda, mps (default: %(default)s)")
    parser.add_argument(
        "--mixed-precision", action="store_true", help="bfloat16 where the device is quick at it"
    )


def run(options: argparse.Namespace) -> int:
    sources = [name for name in ("photos", "graded", "pairs", "timeline") if getattr(options, name)]
    if len(sources) != 1:
        raise InputError(
            "say what to train on, once",
            value=sources or "nothing",
            allowed="a folder of PHOTOS, --graded, --pairs or --timeline",
        )
    return _train(options) if sources == ["photos"] else _train_show(options)


def _add_show(parser: argparse.ArgumentParser) -> None:
    show = parser.add_argument_group("show models", "learn what one show calls right, from about 20 stills")
    show.add_argument("--graded", type=Path, metavar="STILLS", help="folder of graded stills")
    show.add_argument(
        "--pairs",
        type=Path,
        nargs=2,
        metavar=("UNGRADED", "GRADED"),
        help="two folders of stills with the same names",
    )
    show.add_argument(
        "--timeline", type=Path, help="a finished .edl or .otio whose clips carry CDLs and have their media"
    )
    show.add_argument("--json", action="store_true", help="print the scores as JSON")
    add_media(show)


def _train(options: argparse.Namespace) -> int:
    start = options.start
    if start == DEFAULT_WEIGHTS:
        raise InputError(
            "photographs train a network of its own", value=start, allowed="a weights file", where="--from"
        )
    settings = TrainSettings(
        photos=options.photos,
        out=options.output,
        start=None if start is None else Path(start),
        imagenet=options.imagenet,
        network=NetworkConfig(grid=options.grid),
        steps=options.steps,
        batch=options.batch,
        rate=options.rate,
        seed=options.seed,
        device=options.device,
        mixed_precision=options.mixed_precision,
    )
    with progress(quiet=not leads()) as report:
        train(settings, on_step=lambda step, steps: report("training", step, steps))
    if leads():
        output().print(f"Weights and card are in {options.output}.")
    return 0


def _train_show(options: argparse.Namespace) -> int:
    if started() > 1:
        raise InputError("a show model is learned by one process", value=started(), fix="Leave torchrun out.")
    path: Path = options.output
    if path.suffix != ".safetensors":
        raise InputError(
            "a show model is one file", value=path, allowed="a name that ends in .safetensors", where="-o"
        )
    if not path.absolute().parent.is_dir():
        raise InputError("no such folder", value=path.absolute().parent, where="-o")
    start = load_named(None if options.start in (None, DEFAULT_WEIGHTS) else Path(options.start))
    show = learn_show(_stills(options), start, options.seed)
    digest = save_show(path, show, _command(options))
    if options.json:
        print_json({"file": str(path), "sha256": digest, "stills": show.stills, "kept": show.kept,
                    "spoiled": show.score.spoiled, "ungraded": show.score.ungraded})  # fmt: skip
    else:
        _print(path, show)
    return 0


def _stills(options: argparse.Namespace) -> tuple[Still, ...]:
    if options.graded:
        return graded_stills(options.graded)
    if options.pairs:
        return paired_stills(*options.pairs)
    return timeline_stills(timeline_of_options(options))


def _command(options: argparse.Namespace) -> str:
    words = ["lutnet", "train"]
    for name in ("graded", "pairs", "timeline"):
        value = getattr(options, name)
        if value:
            words += [f"--{name}", *(path.name for path in (value if isinstance(value, list) else [value]))]
    words += [
        "--from",
        options.start or DEFAULT_WEIGHTS,
        "-o",
        options.output.name,
        "--seed",
        str(options.seed),
    ]
    return shlex.join(words)


def _print(path: Path, show: Show) -> None:
    rows = table(
        f"{show.stills} stills, each judged by a look learned from the others: mean DE2000 to the graded still",
        "frames", "untouched", "before", "this show",
        right=("untouched", "before", "this show"),
    )  # fmt: skip
    named = (("ungraded", show.score.ungraded), ("graded, then spoiled", show.score.spoiled))
    for name, figures in named:
        if figures is not None:
            rows.add_row(name, *(f"{figure:.1f}" for figure in figures))
    console = output()
    console.print(rows)
    if not show.kept:
        console.print(
            "\nwarning: the stills share no look that helps on stills left out: the weights are as before."
        )
    console.print(f"\nWritten to {path}. Use it with: lutnet grade --weights {path}")
