"""An MCP server without any SDK, that lists and answers what a JSON file says: `odd_mcp_server.py FILE`.

The file holds `pages`, lists of tools, and `answers`, each tool's raw `result` or `error`. With `stays` it
ends neither when its input is closed nor when it is asked to, and starts a child that does the same.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

TOLD = json.loads(Path(sys.argv[1]).read_text())


def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize":
        about = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}
        return {"result": {**about, "serverInfo": {"name": "odd", "version": "1"}}}
    if method == "tools/list":
        page = int(params.get("cursor") or 0)
        more = {"nextCursor": str(page + 1)} if page + 1 < len(TOLD["pages"]) else {}
        return {"result": {"tools": TOLD["pages"][page], **more}}
    if method == "tools/call":
        if params["name"] == "env":
            told = {name: os.environ.get(name) for name in params["arguments"]["names"]}  # noqa: TID251
            return {"result": {"content": [], "structuredContent": told}}
        found: dict[str, Any] = TOLD["answers"][params["name"]]
        return found
    return {"error": {"code": -32601, "message": "Method not found"}}


if TOLD.get("stays"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"]
    )
print("starting up ...", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        told = answer(asked["method"], asked.get("params") or {})
        if told != {"silent": True}:
            print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}), flush=True)
if TOLD.get("stays"):
    signal.pause()
