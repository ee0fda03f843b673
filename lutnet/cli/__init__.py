"""The command line: thin commands over the public API, and the only place that prints or exits."""
