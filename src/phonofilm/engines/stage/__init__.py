"""The stage: the built-in engine, on a CPU, from the user's own files."""
