"""``lutnet``: choose the command, run it, turn errors into one line and an exit code.

Exit codes: 0 done; 2 bad input, nothing was done; 3 done, but some shots were skipped; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from lutnet.cli.parser import Parser
from lutnet.errors import LutnetError

EXIT_BAD_INPUT = 2
EXIT_SKIPPED = 3
EXIT_INTERRUPTED = 130

COMMANDS = {
    "grade": "grade every clip of a timeline and write CDLs, LUTs and a contact sheet",
    "regrade": "grade a re-cut from the package of the cut before: what survived keeps its grade",
    "shots": "list what would be graded",
    "scenes": "list which shots belong together, by what they show",
    "spaces": "list colour spaces with their aliases, displays and views",
    "diagnose": "say what is wrong with frames",
    "match": "grade one still or clip to a reference",
    "look": "fit a look once, show it, export it: grade --look puts it on any timeline",
    "review": "look at every shot in a browser, compare, change and approve",
    "plan": "write what grade would do as jobs for a farm",
    "run-job": "do jobs of a plan, on any machine",
    "collect": "make the package of a plan whose jobs are done",
    "export": "put the grades of a package into other files: CLF, 3dl, Hald, ccc, ALE and more",
    "check": "certify LUTs and CDLs: folds, clipping, banding, range and more",
    "lut": "blend, invert, resize, convert and bake LUT and CDL files",
    "resolve": "carry grades into DaVinci Resolve and take them back",
    "demo": "make spoiled footage, grade it, compare with the truth",
    "detune": "spoil right frames in known ways, with labels",
    "train": "train the diagnosis network, or a show model on graded stills",
    "evaluate": "measure the networks by the published protocols",
}
"""Every command is a module of ``lutnet.cli`` with ``add_arguments(parser)`` and ``run(options) -> int``."""


def main(arguments: Sequence[str] | None = None) -> int:
    words = list(sys.argv[1:] if arguments is None else arguments)
    # Before NumPy is imported. Its small products gain nothing from threads, which wait for work in a loop: beside the
    # copies of this process they took as much of the cores again.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    options = _parser(words).parse_args(words)
    try:
        code: int = options.run(options)
    except LutnetError as error:
        print(f"lutnet: error: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("lutnet: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (`lutnet shots | head`): not an error of ours.
        sys.stderr.close()
        return 0
    return code


def _parser(words: list[str]) -> argparse.ArgumentParser:
    parser = Parser(
        prog="lutnet",
        description="Grades a timeline by parameters: one ASC CDL and one LUT per clip, never a rendered pixel.",
        epilog="lutnet COMMAND --help says what a command takes.",
    )
    parser.add_argument("--version", action="version", version=f"lutnet {version('lutnet')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((word for word in words if word in COMMANDS), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        # Only the chosen command's module is imported: the others' options are not needed.
        if name == chosen:
            module = import_module(f"lutnet.cli.{name.replace('-', '_')}")
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
