"""Takes back what apply did: the user's versions active again, ours and our markers and flags gone.

Everything it needs is in the markers. LUT files stay in Resolve's LUT folder: other timelines may use them.
"""

from typing import Any, List, NamedTuple, Optional

from resolve_bridge.errors import BridgeError, CallFailed
from resolve_bridge.items import Item, read_items
from resolve_bridge.ledger import entry_from_name
from resolve_bridge.report import FAILED, PLANNED, REVERTED, Line, Report
from resolve_bridge.session import Session, colour_page, open_session
from resolve_bridge.versions import Undo, current_version, take_back, undo_of


class _Found(NamedTuple):
    """An item that we changed, and what takes it back."""

    item: Item
    undo: Undo


def revert(resolve: Any, dry_run: bool = False) -> Report:
    """Revert the open timeline. Raises BridgeError where nothing can be reverted."""
    session = open_session(resolve)
    notes: List[str] = []
    lines: List[Line] = []
    found = _found(session, lines)
    if dry_run:
        lines += [_line(each, PLANNED, "would be reverted") for each in found]
    elif found:
        lines += _reverted(session, found, notes)
    action = "would revert" if dry_run else "reverted"
    return Report(
        action, session.product, session.project_name, session.timeline_name, lines, notes=tuple(notes)
    )


def _found(session: Session, lines: List[Line]) -> List[_Found]:
    """The items that carry our marker; a line for each that cannot be read."""
    try:
        items = read_items(session.timeline)
    except CallFailed as error:
        raise BridgeError(f"the timeline's items cannot be read: {error.what}") from error
    found = []
    for item in items:
        if not item.readable:
            lines.append(Line(FAILED, item.name, item.track, item.start, reason=item.obstacle))
            continue
        try:
            undo = _undo_of(item)
        except CallFailed as error:
            lines.append(Line(FAILED, item.name, item.track, item.start, reason=error.what))
        else:
            found += [_Found(item, undo)] if undo else []
    return found


def _undo_of(item: Item) -> Optional[Undo]:
    """What takes the item back, by its markers, or by the active version's name where a run was cut off."""
    undo = undo_of(item.entries)
    if undo:
        return undo
    cut_off = entry_from_name(current_version(item.handle)) if item.path else None
    return Undo(cut_off.base, cut_off.versions) if cut_off else None


def _reverted(session: Session, found: List[_Found], notes: List[str]) -> List[Line]:
    lines: List[Line] = []
    try:
        with colour_page(session.resolve, notes):
            for each in found:
                left = take_back(each.item.handle, each.undo)
                lines.append(_line(each, FAILED if left else REVERTED, "; ".join(left)))
                if left:
                    session.require_answers()
    except BridgeError as error:
        notes.append(str(error))
        lines += [_line(each, FAILED, "not tried: " + error.what) for each in found[len(lines) :]]
    return lines


def _line(found: _Found, outcome: str, reason: str) -> Line:
    item = found.item
    what = f"version '{found.undo.version.name}' active"
    return Line(outcome, item.name, item.track, item.start, what, reason)
