"""Coverage-guided fuzzing of the readers of strangers' files: ``python -m benchmarks.fuzz``.

Imported here, before anything else of lutnet is, its readers tell the fuzzer which way they go.
"""

import atheris

with atheris.instrument_imports(include=["lutnet"], enable_loader_override=False):
    import lutnet.certificate
    import lutnet.export.carriers  # noqa: F401
