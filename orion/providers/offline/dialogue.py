"""The offline agent's mind: a state machine over what was said, without clocks, frames or I/O.

`step` takes what the user said, `told` what a tool answered; both give the next state and what to do.
The state is a JSON object, so a session can keep it:
`{"tool", "arguments", "asked", "phase": "ask" | "confirm" | "choose", "options", "waiting", "last"}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orion.domain.agent import Agent
from orion.domain.tool import Tool
from orion.providers.offline import acts, slots, speech
from orion.providers.offline.acts import Act
from orion.providers.offline.router import ACCEPT, ASK, MARGIN, Match, Router

State = dict[str, Any]
_SWITCH = 0.75
"""With a question open, another tool needs a better score than usual."""
_MOST_CLAUSES = 5


@dataclass(frozen=True, slots=True)
class Do:
    """What to do next: say `text`, then call `tool` with `arguments` unless it is None."""

    text: str = ""
    tool: str | None = None
    arguments: Mapping[str, Any] | None = None


class Dialogue:
    """The dialogue of one agent over its tools."""

    def __init__(self, agent: Agent, tools: list[Tool]) -> None:
        self._agent = agent
        self._tools = {tool.name: tool for tool in tools}
        self._router = Router(tools)

    def step(self, state: State, text: str) -> tuple[State, Do]:
        """Answer what the user said."""
        last = str(state.get("last", ""))
        text = text.strip()
        if not text:
            return state, Do(speech.NOT_CAUGHT)
        act = acts.recognise(text)
        open_tool = self._tools.get(str(state.get("tool", "")))
        if act is Act.REPEAT:
            return state, Do(last or "I have not said anything yet.")
        if state.get("phase") == "choose":
            return self._chosen(state, text, act)
        if open_tool is not None:
            return self._continue(state, open_tool, text, act)
        if act is not None and not self._asks_for_tool(text):
            return self._said({}, self._small_talk(act))
        first, *rest = acts.clauses(text)[:_MOST_CLAUSES]
        return self._route(first, rest)

    def told(self, state: State, tool_name: str, result: Any) -> tuple[State, Do]:
        """Answer over a tool's result, and go on with the next clause if there is one."""
        tool = self._tools.get(tool_name)
        said = speech.answer(tool, result) if tool else speech.SORRY
        waiting = list(state.get("waiting", []))
        if not waiting or (isinstance(result, dict) and "error" in result):
            return self._said({}, Do(said))
        after, do = self._route(waiting[0], waiting[1:])
        spoken = f"{said} {do.text}".strip()
        return {**after, "last": spoken}, Do(spoken, do.tool, do.arguments)

    def _asks_for_tool(self, text: str) -> bool:
        """Whether a tool claims a phrase that is small talk too (`goodbye`, `stop`)."""
        ranked = self._router.rank(text)
        return bool(ranked) and ranked[0].score >= 0.95

    def _route(self, text: str, waiting: list[str]) -> tuple[State, Do]:
        ranked = self._router.rank(text)
        if not ranked or ranked[0].score < ASK:
            return self._said({}, self._cannot())
        close = [match for match in ranked[1:2] if ranked[0].score - match.score < MARGIN]
        if ranked[0].score < ACCEPT or (close and ranked[0].score < 0.9):
            return self._choose(text, ranked[: 2 if close else 1], waiting)
        tool = ranked[0].tool
        return self._fill({"waiting": waiting}, tool, slots.fill(tool, text))

    def _choose(self, text: str, ranked: list[Match], waiting: list[str]) -> tuple[State, Do]:
        names = [match.tool.name for match in ranked]
        offered = ", or ".join(speech.ability(match.tool) for match in ranked)
        state = {"phase": "choose", "options": names, "text": text, "waiting": waiting}
        return self._said(state, Do(f"Shall I {offered}?"))

    def _chosen(self, state: State, text: str, act: Act | None) -> tuple[State, Do]:
        options = [self._tools[name] for name in state.get("options", []) if name in self._tools]
        if act in {Act.NO, Act.CANCEL}:
            return self._said({}, Do("All right. " + speech.abilities(self._tools.values())))
        picked = options[0] if act is Act.YES and len(options) == 1 else None
        if picked is None:
            ranked = [match for match in self._router.rank(text) if match.score >= ASK]
            if ranked and ranked[0].tool not in options:
                return self._route(text, [])
            picked = ranked[0].tool if ranked else None
        if picked is None:
            return self._said({}, self._cannot())
        before = slots.fill(picked, str(state.get("text", "")))
        return self._fill(
            {"waiting": state.get("waiting", [])}, picked, {**before, **slots.fill(picked, text)}
        )

    def _continue(self, state: State, tool: Tool, text: str, act: Act | None) -> tuple[State, Do]:
        """A question of the tool is open: its answer, a correction, or something else."""
        if act is Act.CANCEL:
            return self._said({}, Do("All right, I will not do it."))
        arguments = dict(state.get("arguments", {}))
        confirming = state.get("phase") == "confirm"
        if confirming and act is Act.YES:
            return self._call(state, tool, arguments)
        if confirming and act is Act.NO:
            return self._said(state, Do("What should I change?"))
        asked = state.get("asked")
        found = slots.fill(tool, acts.correction(text) or text, asked=None if confirming else asked)
        other = next(iter(self._router.rank(text)), None)
        switching = other is not None and other.tool.name != tool.name and other.score >= _SWITCH
        if switching and (confirming or not found or set(found) == {asked}):
            return self._route(text, [])
        if not found:
            question = self._confirmation(tool, arguments) if confirming else slots.question(tool, str(asked))
            return self._said(state, Do(f"{speech.NOT_CAUGHT} {question}"))
        return self._fill(state, tool, {**arguments, **found})

    def _fill(self, state: State, tool: Tool, arguments: dict[str, Any]) -> tuple[State, Do]:
        """Ask for what is missing, confirm if the tool wants it, call otherwise."""
        state = {"waiting": state.get("waiting", []), "tool": tool.name, "arguments": arguments}
        name = slots.missing(tool, arguments)
        if name is not None:
            return self._said({**state, "phase": "ask", "asked": name}, Do(slots.question(tool, name)))
        if tool.confirm:
            return self._said({**state, "phase": "confirm"}, Do(self._confirmation(tool, arguments)))
        return self._call(state, tool, arguments)

    def _call(self, state: State, tool: Tool, arguments: dict[str, Any]) -> tuple[State, Do]:
        return {"waiting": state.get("waiting", [])}, Do("", tool.name, arguments)

    def _confirmation(self, tool: Tool, arguments: Mapping[str, Any]) -> str:
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in arguments.items())
        return f"Shall I {speech.ability(tool)}{', ' + told if told else ''}?"

    def _small_talk(self, act: Act) -> Do:
        name = self._agent.title or self._agent.name
        said = {
            Act.THANKS: "You are welcome.",
            Act.GREETING: "Hello! What can I do for you?",
            Act.HOW_ARE_YOU: "I am fine, thank you. What can I do for you?",
            Act.WHO_ARE_YOU: f"I am {name}, a voice assistant that runs on your own machine.",
            Act.HELP: speech.abilities(self._tools.values()),
            Act.YES: "All right.",
            Act.NO: "All right.",
            Act.CANCEL: "There is nothing to cancel.",
            Act.ACKNOWLEDGEMENT: "All right.",
        }
        return Do(said[act])

    def _cannot(self) -> Do:
        return Do(f"I cannot help with that. {speech.abilities(self._tools.values())}")

    def _said(self, state: State, do: Do) -> tuple[State, Do]:
        return {**state, "last": do.text}, do
