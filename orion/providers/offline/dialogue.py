"""The offline agent's mind: a state machine over what was said, without clocks, frames or I/O.

`step` takes what the user said, `told` what a tool answered; both give the next state and what to do.
The state (`state.py`) is a JSON object, so a session can keep it. An open question belongs to the agent
that asked it: after a hand-over it is dropped, while what was last said can still be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orion.domain.agent import Agent
from orion.domain.assents import assent
from orion.domain.draft import Missing, usable
from orion.domain.tool import Risk, Tool
from orion.providers.offline import acts, clauses, slots, speech
from orion.providers.offline.acts import Act
from orion.providers.offline.addressed import addressed
from orion.providers.offline.router import ACCEPT, ASK, MARGIN, Match, Router
from orion.providers.offline.schema import properties
from orion.providers.offline.state import State, sound

_SURE = 0.7
"""From this score on, a plain `and` may part two requests."""
_SWITCH = 0.75
"""With a question open, another tool needs a better score than usual."""
_MOST_CLAUSES = 5
_CALLED_OFF = "All right, I will not do it."
_MOST_CHARS = 500
"""Half a minute of speech. The time for longer texts grows with the square of their length."""


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
        state = self._own(sound(state, self._tools))
        return self._kept(state, *self._step(state, text.strip()))

    def told(self, state: State, tool_name: str, result: Any) -> tuple[State, Do]:
        """Answer over a tool's result, and go on with the next clause if there is one."""
        state = sound(state, self._tools)
        tool = self._tools.get(tool_name)
        said = speech.answer(tool, result) if tool else speech.SORRY
        if "phase" in state:  # the result is late: something else has been asked meanwhile
            return self._kept(state, state, Do(f"{said} {self._open_question(state)}"))
        waiting = list(state.get("waiting", []))
        if not waiting:
            return self._kept(state, {}, Do(said))
        if isinstance(result, dict) and "error" in result:
            return self._kept(state, {}, Do(f"{said} I leave the rest undone."))
        after, do = self._route(waiting[0], waiting[1:])
        return self._kept(state, after, Do(f"{said} {do.text}".strip(), do.tool, do.arguments))

    def _own(self, state: State) -> State:
        if state.get("agent") in {None, self._agent.name}:
            return state
        return {"last": state.get("last", "")}

    def _kept(self, before: State, after: State, do: Do) -> tuple[State, Do]:
        """The next state, with what outlives a turn: whose it is, what was said and what was done."""
        kept = {"agent": self._agent.name, "last": do.text or before.get("last", "")}
        done = after.get("done", before.get("done"))
        return {**after, **kept, **({"done": done} if done else {})}, do

    def _step(self, state: State, text: str) -> tuple[State, Do]:
        if not text or len(text) > _MOST_CHARS:
            return state, Do(speech.TOO_MUCH if text else speech.NOT_CAUGHT)
        act = acts.recognise(text)
        open_tool = self._tools.get(str(state.get("tool", "")))
        if act is Act.REPEAT:
            return state, Do(str(state.get("last") or "I have not said anything yet."))
        if (meant := self._meant_for_another(text)) is not None:
            return self._call({}, *meant)
        if "phase" in state:
            return self._answered(state, open_tool, text, act)
        if act is not None and not self._asks_for_tool(text):
            return {}, self._small_talk(act)
        text = acts.request(text)
        first, *rest = self.clauses(text)
        return self._again(state, text) or self._planned(text, rest) or self._route(first, rest)

    def _answered(self, state: State, tool: Tool | None, text: str, act: Act | None) -> tuple[State, Do]:
        """A question is open: which tool is meant, or what one of them needs."""
        return self._chosen(state, text, act) if tool is None else self._continue(state, tool, text, act)

    def _meant_for_another(self, text: str) -> tuple[Tool, dict[str, Any]] | None:
        """The hand-over, or the question to another agent, that the user asks for by its name."""
        found = addressed(text, self._agent.hand_offs)
        tool = self._tools.get("ask_agent" if found and found.asks else "hand_over")
        if found is None or tool is None:
            return None
        if found.asks:
            return tool, {"agent": found.agent, "question": found.text}
        return tool, {"agent": found.agent, **({"task": found.text} if found.text else {})}

    def _planned(self, text: str, rest: list[str]) -> tuple[State, Do] | None:
        """A plan where one is wished for, and for what would change more than one thing, if all is known."""
        planner = self._tools.get("make_plan")
        if planner is None:
            return None
        if wish := clauses.wished(text):
            return self._call({}, planner, {"goal": wish})
        if not rest:
            return None
        drafts = clauses.plan(self, usable(self._tools.values()).values(), text)
        if isinstance(drafts, Missing) or len(drafts) < 2:
            return None
        changing = sum(self._tools[draft.tool].side_effects for draft in drafts)
        return self._call({}, planner, {"goal": text}) if changing > 1 else None

    def clauses(self, text: str, most: int = _MOST_CLAUSES) -> list[str]:
        """What is asked for one after the other; a plain `and` parts only what two tools claim for sure."""
        parts = (part for clause in acts.clauses(text) for part in acts.conjuncts(clause, self.surely))
        return [part for part in parts if part][:most]

    def rank(self, text: str) -> list[Match]:
        """The tools that may be meant, best first."""
        return self._router.rank(text)

    def surely(self, text: str) -> str | None:
        """The name of the tool that surely is meant."""
        match = next(iter(self._router.rank(text)), None)
        return match.tool.name if match is not None and match.score >= _SURE else None

    def _again(self, state: State, text: str) -> tuple[State, Do] | None:
        """The last tool once more with other arguments: `no, for ten minutes`, `and in London`."""
        done = state.get("done") or {}
        tool = self._tools.get(str(done.get("tool", "")))
        corrected, further = acts.correction(text), acts.follow_up(text)
        changed = corrected or further
        if tool is None or changed is None:
            return None
        best = next(iter(self._router.rank(changed)), None)
        if best is not None and best.score >= ACCEPT and best.tool.name != tool.name:
            return None
        free = slots.places(tool)
        found = slots.fill(tool, changed, asked=free[0] if further and len(free) == 1 else None)
        if not found:
            return None
        after, do = self._fill({}, tool, {**done.get("arguments", {}), **found})
        if corrected and tool.side_effects and do.tool:
            do = Do(speech.STANDS, do.tool, do.arguments)
        return after, do

    def _asks_for_tool(self, text: str) -> bool:
        """Whether a tool claims a phrase that is small talk too (`goodbye`, `stop`)."""
        ranked = self._router.rank(text)
        return bool(ranked) and ranked[0].score >= 0.95

    def _route(self, text: str, waiting: list[str]) -> tuple[State, Do]:
        ranked = self._router.rank(text)
        if not ranked or ranked[0].score < ASK:
            return {}, self._cannot()
        close = [match for match in ranked[1:2] if ranked[0].score - match.score < MARGIN]
        if ranked[0].score < ACCEPT or (close and ranked[0].score < 0.9):
            return self._choose(text, ranked[: 2 if close else 1], waiting)
        tool = ranked[0].tool
        return self._fill({"waiting": waiting}, tool, slots.fill(tool, text))

    def _choose(self, text: str, ranked: list[Match], waiting: list[str]) -> tuple[State, Do]:
        names = [match.tool.name for match in ranked]
        state = {"phase": "choose", "options": names, "text": text, "waiting": waiting}
        return state, Do(self._open_question(state))

    def _chosen(self, state: State, text: str, act: Act | None) -> tuple[State, Do]:
        options = [self._tools[name] for name in state.get("options", []) if name in self._tools]
        if act in {Act.NO, Act.CANCEL}:
            return {}, Do("All right. " + speech.abilities(self._tools.values()))
        picked = options[0] if act is Act.YES and len(options) == 1 else None
        if picked is None:
            ranked = [match for match in self._router.rank(text) if match.score >= ASK]
            if ranked and ranked[0].tool not in options:
                return self._route(text, [])
            picked = ranked[0].tool if ranked else None
        if picked is None:
            return {}, self._cannot()
        before = slots.fill(picked, str(state.get("text", "")))
        return self._fill(
            {"waiting": state.get("waiting", [])}, picked, {**before, **slots.fill(picked, text)}
        )

    def _continue(self, state: State, tool: Tool, text: str, act: Act | None) -> tuple[State, Do]:
        """A question of the tool is open: its answer, a correction, or something else."""
        settled = self._settled(state, tool, act) if act is not None else None
        if settled is not None:
            return settled
        confirming, asked = state.get("phase") == "confirm", state.get("asked")
        given, corrected = state.get("arguments", {}), acts.correction(text)
        found = slots.fill(tool, corrected or text, asked=None if confirming else asked)
        if corrected is None and asked in found:  # what is known already was not asked for
            found = {name: value for name, value in found.items() if name == asked or name not in given}
        other = next(iter(self._router.rank(text)), None)
        switching = other is not None and other.tool.name != tool.name and other.score >= _SWITCH
        if switching and (confirming or not found or set(found) == {asked}):
            return self._route(text, [])
        if not found and acts.gives_up(text):
            return {}, Do(_CALLED_OFF)
        if not found:
            return state, Do(f"{speech.NOT_CAUGHT} {self._open_question(state)}")
        return self._fill(state, tool, {**given, **found})

    def _settled(self, state: State, tool: Tool, act: Act) -> tuple[State, Do] | None:
        """What an act does to an open question; None where it may be the value that was asked for."""
        confirming = state.get("phase") == "confirm"
        if act is Act.CANCEL:
            return {}, Do(_CALLED_OFF)
        if confirming and act in {Act.YES, Act.ACKNOWLEDGEMENT}:
            return self._call(state, tool, dict(state.get("arguments", {})))
        if confirming and act is Act.NO:
            return state, Do("What should I change?")
        if self._may_answer(tool, act, state.get("asked")):
            return None
        return state, Do(f"{self._small_talk(act).text} {self._open_question(state)}")

    def _may_answer(self, tool: Tool, act: Act, asked: Any) -> bool:
        """Whether a bare `yes` or `no` can be the value that was asked for."""
        prop = properties(tool.parameters).get(str(asked), {})
        return act in {Act.YES, Act.NO} and prop.get("type") == "boolean"

    def _open_question(self, state: State) -> str:
        if state["phase"] == "choose":
            offered = ", or ".join(speech.ability(self._tools[name]) for name in state["options"])
            return f"Shall I {offered}?"
        tool = self._tools[state["tool"]]
        if state["phase"] == "confirm":
            return self._confirmation(tool, state.get("arguments", {}))
        return slots.question(tool, str(state.get("asked")))

    def _fill(self, state: State, tool: Tool, arguments: dict[str, Any]) -> tuple[State, Do]:
        """Ask for what is missing, confirm if the tool wants it, call otherwise."""
        state = {"waiting": state.get("waiting", []), "tool": tool.name, "arguments": arguments}
        name = slots.missing(tool, arguments)
        if name is not None:
            return {**state, "phase": "ask", "asked": name}, Do(slots.question(tool, name))
        if tool.confirm and tool.risk is not Risk.DANGER:  # for that the server itself asks
            return {**state, "phase": "confirm"}, Do(self._confirmation(tool, arguments))
        return self._call(state, tool, arguments)

    def _call(self, state: State, tool: Tool, arguments: dict[str, Any]) -> tuple[State, Do]:
        done = {"tool": tool.name, "arguments": arguments}
        return {"waiting": state.get("waiting", []), "done": done}, Do("", tool.name, arguments)

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
            Act.YES: assent("en").words["nothing"],
            Act.NO: "All right.",
            Act.CANCEL: "All right.",
            Act.ACKNOWLEDGEMENT: "All right.",
        }
        return Do(said[act])

    def _cannot(self) -> Do:
        return Do(f"I cannot help with that. {speech.abilities(self._tools.values())}")
