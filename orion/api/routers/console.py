"""The browser console: built files, served with long caching and no way out of the origin."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)

_DIST = Path(str(files("orion"))) / "console" / "dist"
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


class _Asset(PathConvertor):
    """Any path but those of the API: one that takes no GET is 405, not a missing page."""

    regex = "(?!api/).*"


register_url_convertor("asset", _Asset())


@router.get("/")
async def page() -> FileResponse:
    """The page itself: never cached, for the link to it may carry a token."""
    return FileResponse(_DIST / "index.html", headers={"Cache-Control": "no-store"})


@router.get("/docs")
async def docs() -> FileResponse:
    """The REST API, described in the browser; nothing of it comes from elsewhere."""
    return FileResponse(_DIST / "docs.html", headers={"Cache-Control": "no-cache"})


@router.get("/{name:asset}")
async def asset(name: str) -> FileResponse:
    """A file of the build; hashed names may be kept for ever."""
    path = (_DIST / name).resolve()
    if not path.is_relative_to(_DIST) or not path.is_file():
        raise HTTPException(404, "no such page")
    return FileResponse(path, headers=_FOREVER if name.startswith("assets/") else None)
