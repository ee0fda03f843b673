"""``state.sqlite``: what jobs computed and what people decided; ``grades.json`` is derived from it."""

from lutnet.store.decision import Decision
from lutnet.store.journal import Change, Moment, Step
from lutnet.store.pictures import StoredPictures
from lutnet.store.state import FILE_NAME, Store

__all__ = ["FILE_NAME", "Change", "Decision", "Moment", "Step", "Store", "StoredPictures"]
