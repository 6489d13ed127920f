"""The Textual face: screens, widgets and themes."""
