"""What a LUT or CDL file holds, told by its content; and what OpenColorIO would misread in it without a word."""

from __future__ import annotations

import re
from pathlib import Path

from lutnet.errors import GradeFileError
from lutnet.export.cdl_xml import local_name, parsed

# One reader takes all kinds of CDL files, so that their suffixes may be mixed up.
_ROOTS = {
    "ColorCorrection": (".cc", ".ccc", ".cdl"),
    "ColorCorrectionCollection": (".ccc", ".cc", ".cdl"),
    "ColorDecisionList": (".cdl", ".cc", ".ccc"),
    "ProcessList": (".clf", ".ctf"),
    "look": (".look",),
}
_SIGNATURES: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (rb"\x89PNG\r\n\x1a\n", (".png",)),
    (rb"\s*csplutv100", (".csp",)),
    (rb"\s*spilut", (".spi3d",)),
    (rb"\s*version\s+\d+\s+from\b", (".spi1d",)),
    (rb"\s*#inventor", (".vf",)),
    (rb"(?:.*[\r\n])?[ \t]*(?:lut_3d_size|lut_1d_size)\b", (".cube", ".itx")),
)
_SIGNED = {suffix for _, suffixes in _SIGNATURES for suffix in suffixes} | {
    suffix for suffixes in _ROOTS.values() for suffix in suffixes
}
_LONGEST_HEADER = 65536  # with a licence in its comments
_ROW = re.compile(rb"[+-]?(?:[\d.,eE+-]+|nan(?:\([^)]*\))?|inf(?:inity)?)", re.IGNORECASE)
_COMMA = re.compile(rb"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf)", re.IGNORECASE)


def require_suffix(path: Path) -> None:
    """Raise GradeFileError where the content of ``path`` is of another format than its suffix says.

    OpenColorIO would then try one reader after the other, past those that are strict. Files of formats that
    nothing marks (``.3dl``, ``.m3d``) may hold whatever no other format claims.
    """
    suffix = path.suffix.lower()
    found = _formats(path)
    if suffix in found or (not found and suffix not in _SIGNED):
        return
    raise GradeFileError(
        "file is not what its suffix says",
        value=suffix,
        allowed=" or ".join(found) if found else f"the content of a {suffix} file",
        where=path,
        fix=f"Rename it to {found[0]}." if found else "Is it damaged, or of another format?",
    )


def _formats(path: Path) -> tuple[str, ...]:
    """The suffixes that the content of ``path`` may go under; none where nothing marks it."""
    head = _content(path)[:_LONGEST_HEADER].removeprefix(b"\xef\xbb\xbf")
    if head.lstrip().startswith(b"<"):
        root = local_name(parsed(path))
        if root not in _ROOTS:
            raise GradeFileError(
                "XML is no LUT and no CDL", value=root, allowed=", ".join(_ROOTS), where=path
            )
        return _ROOTS[root]
    for signature, suffixes in _SIGNATURES:
        if re.match(signature, head, re.IGNORECASE | re.DOTALL):
            return suffixes
    return ()


def require_plain_numbers(path: Path) -> None:
    """Raise GradeFileError, with the line, for rows with NaN, infinity or commas as decimal sign.

    OpenColorIO takes the part of a number before the comma, and NaN as it is.
    """
    for number, line in enumerate(
        _content(path).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1
    ):
        words = line.split()
        if not words or not all(_ROW.fullmatch(word) for word in words):
            continue
        for found, cause in ((_COMMA.fullmatch, "a comma as decimal sign"), (_NOT_FINITE.match, "no number")):
            if any(found(word) for word in words):
                raise GradeFileError(
                    f"row has {cause}",
                    value=line.decode("ascii", "replace").strip()[:80],
                    allowed="numbers with points",
                    where=f"{path}, line {number}",
                )


def require_self_contained(path: Path) -> None:
    """Raise GradeFileError where a ``.ctf`` refers to other files: no path that a file states is followed."""
    for node in parsed(path).iter():
        if local_name(node) == "Reference":
            raise GradeFileError(
                "LUT refers to another file, which is not followed",
                value=node.get("path") or node.get("alias"),
                where=path,
                fix="Bake it into one file first.",
            )


def assumed_depth(path: Path) -> tuple[str, ...]:
    """What to say of a ``.3dl``, whose depth readers guess from its highest code.

    Raises GradeFileError where the file states a depth, and they would guess another.
    """
    text = _content(path).decode("ascii", "replace")
    rows = [words for line in text.splitlines() if len(words := line.split()) == 3]
    codes = [
        int(word)
        for words in rows
        if all(word.isdigit() and len(word) < 7 for word in words)
        for word in words
    ]
    guessed = next((bits for bits in (8, 10, 12, 14) if max(codes, default=0) < 2 ** (bits + 1)), 16)
    stated = re.search(r"^\s*mesh\s+\d{1,3}\s+(\d{1,3})\s*$", text, re.IGNORECASE | re.MULTILINE)
    if stated is None:
        return (
            f"its depth is not stated; the highest code, {max(codes, default=0)}, suggests {guessed} bits",
        )
    if int(stated[1]) != guessed:
        raise GradeFileError(
            "readers would take the LUT for one of another depth",
            value=f"{guessed} bits, as the highest code {max(codes, default=0)} suggests",
            allowed=f"{stated[1]} bits, as it states",
            where=path,
        )
    return ()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise GradeFileError(f"cannot read the LUT: {error.strerror}", where=path) from error
