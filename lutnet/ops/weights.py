"""Numbers that maths with and without torch share."""

LUMA_WEIGHTS = (0.2126, 0.7152, 0.0722)
"""R, G, B weights that ASC CDL v1.2 gives for saturation, applied to encoded values."""
