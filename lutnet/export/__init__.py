"""The package and its carriers: one file per carrier, ``package`` to write and read the whole folder."""
