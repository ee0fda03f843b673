"""Carriers: one grade in every file that other programs take. The table, and the one function that writes them.

Adding a carrier is one file beside this one and one line in the table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from lutnet.errors import InputError
from lutnet.export.atomic import cannot_write, write_bytes
from lutnet.export.carriers import ale, cc, ccc, cdl, clf, csp, cube, edl, flame_3dl, hald, spi3d
from lutnet.export.carriers.lut import require_table
from lutnet.export.carriers.record import CarriedClip, Carrier, Delivery
from lutnet.export.carriers.reread import table_by_ocio
from lutnet.export.naming import file_stems, portable_stem
from lutnet.export.package import CARRIERS as CARRIERS_FOLDER
from lutnet.export.reader import Package, read_package

LUT_TOLERANCE = 5e-6

CARRIERS: dict[str, Carrier] = {
    carrier.name: carrier
    for carrier in (
        clf.CARRIER,
        cube.CARRIER,
        flame_3dl.CARRIER,
        csp.CARRIER,
        spi3d.CARRIER,
        hald.CARRIER,
        cc.CARRIER,
        ccc.CARRIER,
        cdl.CARRIER,
        edl.INLINE,
        edl.REFERRING,
        ale.CARRIER,
    )
}


def require_carriers(names: Sequence[str]) -> None:
    """Raise InputError for a carrier that is not in the table."""
    for name in names:
        if name not in CARRIERS:
            raise InputError("carrier is not known", value=name, allowed=", ".join(CARRIERS))


def delivery_of(package: Package) -> Delivery:
    """The grades of a package, ready to be carried: as exported, so a rejected clip has the identity."""
    stems = file_stems([clip.shot for clip in package.clips])
    return Delivery(
        name=portable_stem(package.otio.stem),
        version=package.settings.version,
        space=package.settings.space,
        rate=package.rate,
        clips=tuple(
            CarriedClip(clip.shot, stems[clip.shot.id], package.grade(clip)) for clip in package.clips
        ),
    )


def export_carriers(
    package: Path, names: Sequence[str], output: Path | None = None, *, verify: bool = False
) -> list[Path]:
    """Write the grades of ``package`` once more, in the carriers ``names``; returns their folders.

    output: a folder, which gets one folder per carrier; None is ``carriers`` in the package. Files of the
    same names are replaced. verify: re-read every file with a reader that is not its writer first.
    Raises InputError for an unknown carrier, OutputError where a file cannot be written, folds, or reads
    back as something else; nothing has changed then.
    """
    require_carriers(names)
    delivery = delivery_of(read_package(package))
    return write_carriers(
        delivery, names, package / CARRIERS_FOLDER if output is None else output, verify=verify
    )


def write_carriers(
    delivery: Delivery, names: Sequence[str], output: Path, *, verify: bool = False
) -> list[Path]:
    """``export_carriers`` of a delivery that is at hand."""
    require_carriers(names)
    try:
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".lutnet-", dir=output) as building:
            chosen = list(dict.fromkeys(names))
            for name in chosen:
                _write(CARRIERS[name], delivery, Path(building) / name, verify)
            return [_put_in_place(Path(building) / name, output / name) for name in chosen]
    except OSError as error:
        raise cannot_write(output, error) from error


def complete_package(folder: Path, names: Sequence[str] = (), *, verify: bool = False) -> None:
    """Add carriers to a package that was just written; ``verify`` re-reads its own CDLs, LUTs and lists too.

    Raises as ``export_carriers`` does.
    """
    if names:
        export_carriers(folder, names, verify=verify)
    if verify:
        package = read_package(folder)
        delivery = delivery_of(package)
        cc.CARRIER.verify(folder / "cdl", delivery)
        edl.INLINE.verify(folder, delivery)
        _verify_luts(package, delivery)


def _verify_luts(package: Package, delivery: Delivery) -> None:
    for packaged, carried in zip(package.clips, delivery.clips, strict=True):
        if packaged.lut is not None and carried.grade is not None and carried.grade.lut is not None:
            path = package.folder / packaged.lut.path
            found = table_by_ocio(path, carried.grade.lut.size)
            require_table(path, found, carried.grade.lut.table, LUT_TOLERANCE)


def _write(carrier: Carrier, delivery: Delivery, folder: Path, verify: bool) -> None:
    folder.mkdir()
    for file in carrier.files(delivery):
        write_bytes(folder / file.name, file.content)
    if verify:
        carrier.verify(folder, delivery)


def _put_in_place(built: Path, folder: Path) -> Path:
    # File by file: the folder may hold what is not ours.
    folder.mkdir(exist_ok=True)
    for path in sorted(built.iterdir()):
        path.replace(folder / path.name)
    return folder
