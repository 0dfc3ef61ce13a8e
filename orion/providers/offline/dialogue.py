"""The offline agent's mind: a state machine over what was said, without clocks, frames or I/O.

`step` takes what the user said, `told` what a tool answered; both give the next state and what to do.
The state (`state.py`) is a JSON object, so a session can keep it. An open question belongs to the agent
that asked it: after a hand-over it is dropped, while what was last said can still be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orion.domain.agent import Agent
from orion.domain.draft import Missing, usable
from orion.domain.text.said import plain
from orion.domain.tool import Risk, Tool
from orion.providers.offline import (
    acts,
    clauses,
    follow_ups,
    goes_on,
    mood,
    reversal,
    several,
    slots,
    small_talk,
    speech,
    values,
)
from orion.providers.offline.acts import Act
from orion.providers.offline.addressed import addressed, without_name
from orion.providers.offline.router import ACCEPT, ASK, Match, Router, Similarity, rivals
from orion.providers.offline.schema import properties
from orion.providers.offline.state import Do, State, sound

_SURE = 0.7
"""From this score on, a plain `and` may part two requests."""
_SWITCH = 0.75
"""With a question open, another tool needs a better score than usual."""
_CLAIMED = 0.95
"""From this score on a tool gets what is small talk too."""
_MOST_CLAUSES = 5
_MOST_MISSED = 2
"""Answers to a question that were none, before it is dropped."""
_MOST_CHARS = 500
"""Half a minute of speech. The time for longer texts grows with the square of their length."""


class Dialogue:
    """The dialogue of one agent over its tools; `similarity` adds what words mean, if something knows it."""

    def __init__(self, agent: Agent, tools: list[Tool], similarity: Similarity | None = None) -> None:
        self._agent = agent
        self._tools = {tool.name: tool for tool in tools}
        self._router = Router(tools, similarity)
        self._examples = speech.examples(tools)

    def step(self, state: State, text: str) -> tuple[State, Do]:
        """Answer what the user said."""
        self._router.new_turn()
        state = self._own(sound(state, self._tools))
        state["count"] = state.get("count", 0) + 1
        return self._kept(state, *self._step(state, without_name(text.strip(), self._agent)))

    def told(self, state: State, tool_name: str, result: Any) -> tuple[State, Do]:
        """Answer over a tool's result, and go on with the next clause if there is one."""
        self._router.new_turn()
        state = sound(state, self._tools)
        tool = self._tools.get(tool_name)
        said = speech.answer(tool, result) if tool else speech.SORRY
        failed = isinstance(result, dict) and "error" in result
        done = state.get("done", {})
        if tool and done.get("tool") == tool_name:
            done.update(speech.outcome(tool, done["arguments"], result))
            if tool.changes and not failed:
                state["changed"] = dict(done)
        if "phase" in state:  # the result is late: something else has been asked meanwhile
            return self._kept(state, state, Do(f"{said} {self._open_question(state)}"))
        waiting = list(state.get("waiting", []))
        if not waiting:
            return self._kept(state, self._asked_back(state, tool, said) if tool and failed else {}, Do(said))
        if failed:
            return self._kept(state, {}, Do(f"{said} I leave the rest undone."))
        after, do = self._run(state, waiting, goes_on=True)
        return self._kept(state, after, Do(f"{said} {do.text}".strip(), do.tool, do.arguments))

    def _asked_back(self, state: State, tool: Tool, said: str) -> State:
        """The question that a tool refused with, as one for what it may be told and was not."""
        given = state.get("done", {}).get("arguments", {})
        name = slots.asked_back(tool, given)
        if not said.endswith("?") or name is None:
            return {}
        return {"phase": "ask", "tool": tool.name, "arguments": given, "asked": name}

    def clauses(self, text: str, most: int = _MOST_CLAUSES) -> list[str]:
        """What is asked for one after the other; a plain `and` parts only what are two requests."""
        parts = [part for clause in acts.clauses(text) for part in acts.conjuncts(clause, self._apart)]
        return [one for part in parts for one in self._repeated(part)][:most]

    def rank(self, text: str) -> list[Match]:
        """The tools that may be meant, best first."""
        return self._router.rank(text)

    def surely(self, text: str) -> str | None:
        """The name of the tool that surely is meant."""
        match = self._best(text)
        return match.tool.name if match is not None and match.score >= _SURE else None

    def _best(self, text: str) -> Match | None:
        return next(iter(self._router.rank(text)), None)

    def _own(self, state: State) -> State:
        if state.get("agent") in {None, self._agent.name}:
            return state
        return {"last": state.get("last", ""), "count": state.get("count", 0)}

    def _kept(self, before: State, after: State, do: Do) -> tuple[State, Do]:
        """The next state, with what outlives a turn: whose it is, what was said and what was done."""
        kept = {
            "agent": self._agent.name,
            "last": do.text or before.get("last", ""),
            "count": before.get("count", 0),
        }
        calls = {name: call for name in ("done", "changed") if (call := after.get(name, before.get(name)))}
        return {**after, **kept, **calls}, do

    def _step(self, state: State, text: str) -> tuple[State, Do]:
        if not text or len(text) > _MOST_CHARS:
            return state, Do(speech.TOO_MUCH if text else speech.NOT_CAUGHT)
        act = acts.recognise(text) or acts.recognise(self._router.heard(text).text)
        if act in {Act.DISTRESS, Act.EMERGENCY}:
            return {}, self._small_talk(state, act)
        if act is Act.REPEAT:
            return state, Do(str(state.get("last") or "I have not said anything yet."))
        if (meant := self._meant_for_another(text)) is not None:
            return self._allowed(text, *self._call({}, *meant))
        return self._answered(state, text, act) if "phase" in state else self._begun(state, text, act)

    def _begun(self, state: State, text: str, act: Act | None) -> tuple[State, Do]:
        """No question is open: small talk, something about what was done before, or a new request."""
        done, changed = state.get("done", {}), state.get("changed", {})
        points = acts.takes_back(text, at_once=done == changed) if changed else False
        if act is Act.UNDO or (act is Act.CANCEL and points):
            return self._undone(state)
        if act is not None and not self._asks_for_tool(text, act):
            return {}, self._small_talk(state, act)
        text = acts.request(text)
        if (again := self._again(state, text)) is not None:
            return self._allowed(text, *again)
        text = acts.without_and(text)
        first, *rest = self.clauses(text) or [text]
        if (planned := self._planned(text, rest)) is not None:
            return self._allowed(text, *planned)
        return self._run(state, [first, *rest])

    def _allowed(self, text: str, after: State, do: Do) -> tuple[State, Do]:
        """What was decided, unless the words forbid it, ask about it or tell of it."""
        names = [do.tool] if do.tool else [after.get("tool"), *after.get("options", [])]
        tool = mood.held_back(self._tools, names, text)
        if tool is not None:
            return {}, Do(speech.not_done(mood.mood(text), speech.sample(tool)))
        return after, do

    def _answered(self, state: State, text: str, act: Act | None) -> tuple[State, Do]:
        """A question is open: which tool is meant, or what one of them needs."""
        tool = self._tools.get(str(state.get("tool", "")))
        return self._chosen(state, text, act) if tool is None else self._continue(state, tool, text, act)

    def _meant_for_another(self, text: str) -> tuple[Tool, dict[str, Any]] | None:
        """The hand-over, or the question to another agent, that the user asks for by its name."""
        found = addressed(text, self._agent.hand_offs, self._agent.titles)
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
        changing = {draft.tool for draft in drafts if self._tools[draft.tool].side_effects}
        return self._call({}, planner, {"goal": text}) if len(changing) > 1 else None

    def _apart(self, whole: str, before: str, after: str) -> bool:
        """Whether an `and` parts two requests, of which at least one is surely a tool's."""
        first, second = self._best(before), self._best(after)
        firstly, secondly = (match.score if match else 0.0 for match in (first, second))
        if first and second and min(firstly, secondly) >= _SURE:
            return first.tool is not second.tool or several.are_two(first, second, after)
        if first and firstly >= _SURE and secondly < _SURE:
            return several.is_request(after) and not several.swallows(first.tool, whole, after)
        return secondly >= _SURE and firstly < ASK and several.is_request(before)

    def _repeated(self, text: str) -> list[str]:
        """One request for each of several values of the tool that surely is meant."""
        match = self._best(text)
        sure = match is not None and match.score >= ACCEPT
        return several.repeated(match.tool, text, match.arguments) if match and sure else [text]

    def _run(self, state: State, parts: list[str], *, goes_on: bool = False) -> tuple[State, Do]:
        """Route the first of several clauses that a tool can do; say of those before it that none can."""
        said: list[str] = []
        for at, clause in enumerate(parts):
            found = self._route(state, clause, parts[at + 1 :])
            if found is None:
                said.append(speech.cannot_this(clause))
                continue
            after, do = self._allowed(clause, *found)
            if after or do.tool or at == len(parts) - 1:
                return after, Do(" ".join([*said, do.text]).strip(), do.tool, do.arguments)
            said.append(do.text)
        return {}, self._cannot(state, parts[0]) if len(parts) == 1 and not goes_on else Do(" ".join(said))

    def _again(self, state: State, text: str) -> tuple[State, Do] | None:
        """The last call again, with what is changed; None where the text does not go on from it."""
        done = state.get("done") or {}
        tool = self._tools.get(str(done.get("tool", "")))
        if tool is None:
            return None
        pointed = self._pointed(state, text) if len(acts.clauses(text)) == 1 else None
        if pointed is not None:
            return self._route(state, pointed, [])
        changed = state.get("changed") or {}
        before = self._tools.get(str(changed.get("tool")))
        call = follow_ups.restated(before, changed, text)
        call = call or follow_ups.earlier(self._router, tool, before, changed, text)
        call = call or follow_ups.again(self._router, tool, done, text)
        return self._follow(call) if call is not None else None

    def _undone(self, state: State) -> tuple[State, Do]:
        """Take the last call back where a tool does the opposite."""
        done = state.get("changed") or {}
        tool = self._tools.get(str(done.get("tool", "")))
        if tool is None:
            return {}, Do(speech.NOTHING_DONE)
        opposite = reversal.opposite(self._router, tool, done.get("arguments", {}))
        return self._fill({}, opposite.tool, dict(opposite.arguments)) if opposite else ({}, Do(speech.STAYS))

    def _follow(self, call: follow_ups.Call) -> tuple[State, Do]:
        after, do = self._fill({}, call.tool, call.arguments)
        return after, Do(call.said, do.tool, do.arguments) if do.tool and call.said else do

    def _pointed(self, state: State, text: str) -> str | None:
        """The text with the last result in the place of `that`, where a tool takes it so."""
        put = goes_on.pointed(text, state.get("done") or {})
        best = self._best(put) if put else None
        return put if best is not None and best.score >= ACCEPT else None

    def _asks_for_tool(self, text: str, act: Act) -> bool:
        """Whether a tool claims a phrase that is small talk too (`goodbye`, `stop`)."""
        best = self._best(text)
        if best is not None and act in acts.ABOUT_THE_AGENT:
            return plain(text) in map(plain, best.tool.examples)
        return best is not None and best.score >= (_SWITCH if act is Act.GOODBYE else _CLAIMED)

    def _route(self, state: State, text: str, waiting: list[str]) -> tuple[State, Do] | None:
        """Call the tool that is meant, or ask; None if there is no such tool."""
        text = self._pointed(state, text) or text
        ranked = self._router.rank(text)
        if not ranked or ranked[0].score < ASK:
            return None
        close = rivals(ranked)
        if ranked[0].score < ACCEPT or (close and ranked[0].score < 0.9):
            return self._choose(text, ranked[: 2 if close else 1], waiting)
        tool, arguments = ranked[0].tool, dict(ranked[0].arguments)
        name = slots.missing(tool, arguments)
        said = (state.get("done") or {}).get("said")
        if (
            name
            and said
            and clauses.points_back(text)
            and values.is_free(properties(tool.parameters).get(name, {}))
        ):
            arguments[name] = str(said).rstrip(".")
        return self._fill({"waiting": waiting}, tool, arguments)

    def _choose(self, text: str, ranked: list[Match], waiting: list[str]) -> tuple[State, Do]:
        names = [match.tool.name for match in ranked]
        state = {"phase": "choose", "options": names, "text": text, "waiting": waiting}
        return state, Do(self._open_question(state))

    def _chosen(self, state: State, text: str, act: Act | None) -> tuple[State, Do]:
        options = [self._tools[name] for name in state.get("options", []) if name in self._tools]
        if act in {Act.NO, Act.CANCEL}:
            return {}, Do("All right. What shall I do?")
        picked = options[0] if act is Act.YES and len(options) == 1 else None
        if picked is None:
            ranked = [match for match in self._router.rank(text) if match.score >= ASK]
            if ranked and ranked[0].tool not in options:
                return self._route(state, text, []) or ({}, self._cannot(state, text))
            picked = ranked[0].tool if ranked else None
        if picked is None:
            return {}, self._small_talk(state, act) if act else self._cannot(state, text)
        before = slots.fill(picked, self._router.heard(str(state.get("text", ""))))
        return self._fill(
            {"waiting": state.get("waiting", [])},
            picked,
            {**before, **slots.fill(picked, self._router.heard(text))},
        )

    def _continue(self, state: State, tool: Tool, text: str, act: Act | None) -> tuple[State, Do]:
        """A question of the tool is open: its answer, a correction, or something else."""
        settled = self._settled(state, tool, act) if act is not None else None
        if settled is not None:
            return settled
        confirming, asked = state.get("phase") == "confirm", state.get("asked")
        given, corrected = state.get("arguments", {}), acts.correction(text)
        heard = self._router.heard(corrected or text)
        found = slots.fill(tool, heard, asked=None if confirming else asked)
        found = slots.joined(tool, given, found)
        if corrected is None and asked in found:  # what is known already was not asked for
            found = {name: value for name, value in found.items() if name == asked or name not in given}
        if self._switches(tool, corrected or text, found) and (confirming or not set(found) - {asked}):
            return self._run(state, [corrected or text])
        if not found and acts.gives_up(text):
            return {}, Do(speech.CALLED_OFF)
        if not found and state.get("missed", 0) >= _MOST_MISSED:
            return {}, Do(speech.LEFT)
        if not found:
            state = {**state, "missed": state.get("missed", 0) + 1}
            why = values.reason(properties(tool.parameters).get(str(asked), {}), heard.text)
            return state, Do(f"{why or speech.NOT_CAUGHT} {self._open_question(state)}")
        return self._fill(state, tool, {**given, **found})

    def _switches(self, tool: Tool, text: str, found: Mapping[str, Any]) -> bool:
        """Whether another tool is meant than the one that asks."""
        other = self._best(text)
        if other is None or other.tool.name == tool.name:
            return False
        whole = slots.missing(other.tool, other.arguments) is None
        return other.score >= _SWITCH or (not found and whole and other.score >= ACCEPT)

    def _settled(self, state: State, tool: Tool, act: Act) -> tuple[State, Do] | None:
        """What an act does to an open question; None where it may be the value that was asked for."""
        confirming = state.get("phase") == "confirm"
        declined = confirming and act is Act.NO and not state.get("arguments")
        if declined or act in {Act.CANCEL, Act.UNDO}:
            return {}, Do(speech.CALLED_OFF)
        if confirming and act in {Act.YES, Act.ACKNOWLEDGEMENT}:
            return self._call(state, tool, dict(state.get("arguments", {})))
        if confirming and act in {Act.NO, Act.WRONG}:
            return state, Do("What should I change?")
        if self._may_answer(tool, act, state.get("asked")):
            return None
        return state, Do(f"{self._small_talk(state, act).text} {self._open_question(state)}")

    def _may_answer(self, tool: Tool, act: Act, asked: Any) -> bool:
        """Whether a bare `yes` or `no` can be the value that was asked for."""
        prop = properties(tool.parameters).get(str(asked), {})
        return act in {Act.YES, Act.NO} and prop.get("type") == "boolean"

    def _open_question(self, state: State) -> str:
        if state["phase"] == "choose":
            heard = self._router.heard(str(state.get("text", "")))
            offered = [self._tools[name] for name in state["options"]]
            return speech.do_you_mean([speech.reading(tool, slots.fill(tool, heard)) for tool in offered])
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

    def _small_talk(self, state: State, act: Act) -> Do:
        if act is Act.HELP:
            return Do(speech.abilities(self._tools.values()))
        if act is Act.UNDO:
            return Do(speech.NOTHING_DONE)
        return Do(small_talk.answer(act, self._agent.title or self._agent.name, state.get("count", 0)))

    def _cannot(self, state: State, text: str) -> Do:
        return Do(speech.cannot(text, self._examples, state.get("count", 0)))
