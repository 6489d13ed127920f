"""Widgets: each renders one frozen value, fetches nothing and decides nothing."""
