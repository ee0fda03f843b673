"""Carries a lutnet package into DaVinci Resolve, and says what landed and what did not.

Runs inside Resolve's own Python, so it needs nothing but the standard library of Python 3.6 or later. It
meets lutnet in ``grades.json`` and the LUT files only::

    package -> match <- items                       what goes where
                 |
               write   (version, CDL, LUT, marker)  one item, whole or not at all
                 |
               report                               landed / accepted, unverified / failed
"""
