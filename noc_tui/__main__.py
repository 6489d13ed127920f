"""`python -m noc_tui` is `noc-tui`."""

from noc_tui.cli import main

main()
