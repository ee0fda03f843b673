"""``lutnet spaces``: the colour spaces that ``--space`` and ``--clip-space`` take, and displays with their views."""

from __future__ import annotations

import argparse
from pathlib import Path

from lutnet.cli.console import output, print_json, table
from lutnet.colourspace import ColourConfig

KINDS = {
    "log": "log",
    "scene-linear": "scene-linear",
    "sdr-video": "video",
    "hdr-video": "HDR video",
    "display-linear": "display-linear",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ocio", type=Path, metavar="FILE", help="another OpenColorIO configuration")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(options: argparse.Namespace) -> int:
    config = ColourConfig(options.ocio)
    if options.json:
        print_json(_document(config))
    else:
        _print(config)
    return 0


def _document(config: ColourConfig) -> dict[str, object]:
    return {
        "config": config.name,
        "spaces": [
            {
                "name": space.name,
                "aliases": list(space.aliases),
                "family": space.family,
                "encoding": space.encoding,
                "display": space.display,
            }
            for space in config.spaces
        ],
        "displays": [{"name": name, "views": list(views)} for name, views in config.displays.items()],
    }


def _print(config: ColourConfig) -> None:
    console = output()
    rows = table(f"colour spaces of {config.name}", "name", "kind", "also")
    for space in config.spaces:
        kind = KINDS.get(space.encoding, space.encoding)
        also = ", ".join(name for name in space.aliases if " - " not in name)  # not OCIO 1's long names
        rows.add_row(space.name, f"{kind} display" if space.display else kind, also)
    console.print(rows)
    views = table("\ndisplays", "display", "views")
    for display, names in config.displays.items():
        views.add_row(display, "; ".join(names))
    console.print(views)
