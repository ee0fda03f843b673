"""The review: a page on loopback where people look at every shot, compare, change and approve.

``desk`` holds a package under review, ``server`` speaks HTTP, ``page`` is what the browser runs.
"""
