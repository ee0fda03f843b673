"""The review as one file to send: page, numbers, stills and small proxies inlined, for looking only."""

from __future__ import annotations

import base64
import html
import json
import re
from importlib.resources import files
from pathlib import Path

from lutnet.errors import LutnetError
from lutnet.export.atomic import cannot_write, write_bytes
from lutnet.plain import Json
from lutnet.result import Status
from lutnet.review.colour import VIEW
from lutnet.review.desk import Desk
from lutnet.review.pictures import Place, jpeg, read_picture

FILE_NAME = "review.html"
_PAGE = files("lutnet.review").joinpath("page")
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+\.js)";$', re.M)
_EXPORT = re.compile(r"^export (?:async )?(?:const|class|function) (\w+)", re.M)


def write_static(desk: Desk, folder: Path) -> Path:
    """Write ``folder/review.html``: the package as it stands. Nothing of it can be changed, and it asks for nothing.

    Shots whose media cannot be read have no picture. Raises OutputError where the file cannot be written.
    """
    text = _page(json.dumps(_frozen(desk), separators=(",", ":")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    write_bytes(folder / FILE_NAME, text.encode())
    return folder / FILE_NAME


def _frozen(desk: Desk) -> Json:
    """All that the page would ask the server, by the question."""
    overview = desk.overview()
    spaces = {VIEW} if overview["view"] else set()
    luts: dict[str, str] = {}
    shots: dict[str, Json] = {}
    for outline in overview["shots"]:
        details = desk.details(outline["id"])
        if details["into"]:
            spaces.add(details["into"])
        lut = details["grade"]["lut"]
        if lut:
            luts[lut["digest"]] = _data("application/octet-stream", desk.lut_bytes(lut["digest"]))
        shots[outline["id"]] = {"details": details, **_pictures(desk, outline["id"], details)}
    reference = desk.reference()
    return {
        "overview": {**overview, "looks": []},
        "shots": shots,
        "cuts": _cuts(desk),
        "luts": luts,
        "lattices": {
            name: _data("application/octet-stream", desk.colours.lattice_bytes(name)) for name in spaces
        },
        "reference": None if reference is None else _data("image/png", reference.read_bytes()),
    }


def _pictures(desk: Desk, shot_id: str, details: Json) -> Json:
    entry = desk.state.entry(shot_id)
    if entry.status is Status.SKIPPED or details["media"] is None:
        details["media"] = None
        return {"thumbs": {}}
    try:
        thumbs = {place.value: _data("image/jpeg", desk.thumb(shot_id, place)) for place in Place}
        if details["media"]["kind"] == "still":
            still = jpeg(read_picture(desk.pictures.still(entry.proposed.shot, Place.MIDDLE)))
            return {"thumbs": thumbs, "still": _data("image/jpeg", still)}
        details["media"] |= {"direct": True, "start": 0.0}
        return {
            "thumbs": thumbs,
            "film": _data("video/webm", desk.media.proxy(entry.proposed.shot).read_bytes()),
        }
    except LutnetError:
        details["media"] = None
        return {"thumbs": {}}


def _cuts(desk: Desk) -> Json:
    """Of all cuts, however long they take."""
    while (found := desk.cuts())["waiting"]:
        pass
    measured: Json = found["cuts"]
    return measured


def _page(data: str) -> str:
    text = (_PAGE / "index.html").read_text(encoding="utf-8")
    style = (_PAGE / "style.css").read_text(encoding="utf-8")
    icon = _data("image/svg+xml", (_PAGE / "icon.svg").read_bytes())
    # "<" never stands in the data: a clip's name could otherwise end the script that holds it.
    held = f'<script type="application/json" id="frozen">{data.replace("<", chr(92) + "u003c")}</script>'
    policy = (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "img-src data: blob:; media-src data: blob:; connect-src data:"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">'
    text = text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{meta}')
    text = text.replace("/page/icon.svg", icon)
    text = text.replace('<link rel="stylesheet" href="/page/style.css">', f"<style>{style}</style>")
    text = text.replace('<script type="module" src="/page/main.js"></script>', "")
    text = re.sub(r'<link rel="modulepreload" [^>]*>\n', "", text)
    return text.replace("</body>", f'{held}\n<script type="module">{_bundle()}</script>\n</body>')


def _bundle() -> str:
    """The page's modules in one script, each in a function of its own, those that others need first."""
    done: dict[str, str] = {}

    def add(name: str) -> None:
        if name in done:
            return
        text = (_PAGE / name).read_text(encoding="utf-8")
        for _, needed in _IMPORT.findall(text):
            add(needed)
        own = ", ".join(_EXPORT.findall(text))
        body = _IMPORT.sub(lambda found: f'const {found[1]} = modules["{found[2]}"];', text)
        body = re.sub(r"^export ", "", body, flags=re.M)
        done[name] = f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {own} }};\n}})();'

    add("main.js")
    return "const modules = {};\n" + "\n".join(done.values())


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
