"""``lutnet review PACKAGE``: the review page, on loopback."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

from lutnet.engine.threads import one_thread_per_shot
from lutnet.errors import MissingPartError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("package", type=Path, help="a folder that lutnet grade wrote")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument(
        "--static",
        type=Path,
        metavar="FOLDER",
        help="write one page to send into FOLDER instead, for looking only",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument(
        "--looks",
        type=Path,
        metavar="FOLDER",
        help="folder of .look and .cube files to offer beside those that ship",
    )
    parser.add_argument(
        "--ocio",
        type=Path,
        metavar="FILE",
        help="the OpenColorIO configuration that the package was graded under",
    )


def run(options: argparse.Namespace) -> int:
    try:
        from lutnet.review.server import serve
    except ModuleNotFoundError as error:
        raise MissingPartError(
            "the review needs packages that are not installed",
            value=error.name,
            fix="pip install 'lutnet[review]'",
        ) from error
    from lutnet.review.desk import Desk
    from lutnet.review.refresh import refresh_package

    one_thread_per_shot()
    desk = Desk(options.package, options.looks, options.ocio)

    if options.static is not None:
        from lutnet.review.static import write_static

        try:
            print(write_static(desk, options.static))
        finally:
            desk.close()
        return 0

    def ready(url: str) -> None:
        print(url, flush=True)
        if not options.no_browser:
            webbrowser.open(url)

    try:
        serve(desk, options.port, ready)
    finally:
        desk.close()
    written = refresh_package(options.package, options.ocio)
    if written:
        print(f"{options.package}: {written} clip{'s' if written != 1 else ''} brought up to date")
    return 0
