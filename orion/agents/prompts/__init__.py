"""Prompts as files: what models are told beside an agent's own instructions.

A prompt is `<name>.v<number>.md` in this folder, of which the highest number serves; an older one stays, so
that records can be read. A project's `prompts/<name>.md` takes its place; its version is its content's hash.

- `spoken`, `written`: how to answer in a call by voice, and by text alone;
- `summary`: how to keep the notes of a conversation that outgrows the model's window.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from orion.domain.agent import Agent, fill
from orion.errors import StartError

_BUILT_IN = Path(str(files("orion"))) / "agents" / "prompts"
_FILE = re.compile(r"([a-z]+)\.v(\d+)\.md\Z")
_LONGEST = 20_000
_LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: its name, its version (`v1`, or `project-` and twelve digits of a hash), its text."""

    name: str
    version: str
    text: str

    def told(self, agent: Agent) -> str:
        """The text for an agent: `{{language}}` is the language in which it speaks."""
        code = agent.language.replace("_", "-")
        name = _LANGUAGES.get(code.partition("-")[0].lower())
        known = name if name and "-" not in code else f"{name} ({code})" if name else f"the language {code}"
        return fill(self.text, {"language": known}).strip()


def load(project: Path | None = None) -> dict[str, Prompt]:
    """All prompts by name: the built-in ones in their latest version, or the project's own.

    Raises:
        StartError: A file of the project cannot be used; the detail says why.
    """
    found: dict[str, tuple[int, Path]] = {}
    for path in _BUILT_IN.iterdir():
        if match := _FILE.match(path.name):
            found[match[1]] = max(found.get(match[1], (0, path)), (int(match[2]), path))
    prompts = {
        name: Prompt(name, f"v{number}", path.read_text(encoding="utf-8"))
        for name, (number, path) in found.items()
    }
    for path in sorted((project / "prompts").glob("*.md")) if project else ():
        if path.stem not in prompts:
            raise StartError(f"{path}: no such prompt; there are: {', '.join(sorted(prompts))}")
        prompts[path.stem] = _own(path)
    return prompts


def _own(path: Path) -> Prompt:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"{path} cannot be read: {type(error).__name__}; save it in UTF-8") from error
    if len(text) > _LONGEST:
        raise StartError(f"{path} is longer than {_LONGEST} characters")
    return Prompt(path.stem, f"project-{hashlib.sha256(text.encode()).hexdigest()[:12]}", text)
