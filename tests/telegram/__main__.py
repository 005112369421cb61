"""`python -m tests.telegram [--port N]`: runs the stand-in and says on stdout where it listens."""

import argparse
import asyncio
import socket
import sys
from typing import Any

import uvicorn

from tests.telegram.server import build_app


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end with the process that started this one")
    chosen = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", chosen.port), backlog=1024)
    # asyncio leaves a listener that it did not open as it is: without this every answer waits 40 ms for an ACK
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    options: dict[str, Any] = {"log_level": "critical", "access_log": False, "timeout_graceful_shutdown": 1}
    config = uvicorn.Config(build_app(), timeout_keep_alive=600, **options)
    sys.stdout.write(f"listening on http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    server = uvicorn.Server(config)
    if chosen.until_stdin_ends:
        asyncio.get_running_loop().add_reader(sys.stdin, setattr, server, "should_exit", True)
    await server.serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main())
