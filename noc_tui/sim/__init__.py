"""The simulator: no I/O but reading incident files, no UI, no network."""
