"""Whoever chooses the actions in place of a person."""
