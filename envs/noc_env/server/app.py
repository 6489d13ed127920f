"""The application for any ASGI server, and `main`, which serves it with limits and a graceful end.

Environment variables say how; they are listed in `noc_tui.server.container`.
"""

import os

from noc_tui.server.app import create_app
from noc_tui.server.container import serve_container, settings_from

app = create_app(settings_from(os.environ))


def main() -> None:
    """Serve until SIGTERM."""
    serve_container()


if __name__ == "__main__":
    main()
