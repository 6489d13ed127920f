"""The application for any ASGI server, and `main`, which serves it with limits and a graceful end.

Environment variables say how; they are listed in `noc_tui.server.container`.
"""

from noc_tui.server.container import container_app, serve_container

app = container_app()


def main() -> None:
    """Serve until SIGTERM."""
    serve_container()


if __name__ == "__main__":
    main()
