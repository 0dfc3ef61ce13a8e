from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.agent_with_warnings_source import AgentWithWarningsSource

if TYPE_CHECKING:
    from ..models.agent_warning import AgentWarning
    from ..models.agent_with_warnings_fail_over import AgentWithWarningsFailOver
    from ..models.agent_with_warnings_guardrails import AgentWithWarningsGuardrails
    from ..models.agent_with_warnings_plans import AgentWithWarningsPlans
    from ..models.agent_with_warnings_pronunciations import AgentWithWarningsPronunciations
    from ..models.agent_with_warnings_turn_taking import AgentWithWarningsTurnTaking


T = TypeVar("T", bound="AgentWithWarnings")


@_attrs_define
class AgentWithWarnings:
    """An agent, and what its engines lack now. It is kept all the same: a key may be entered later.

    Attributes:
        name (str): Its name.
        source (AgentWithWarningsSource): `file` of the server or its project, or `row` of the workspace.
        version (int | None): Counts up with each change; null for a file.
        default (bool): Whether a session begins with this agent if none is named.
        title (str): What people see as its name.
        instructions (str): What the agent is and does, for its model; `{{name}}` is filled from the variables.
        greeting (str): What the agent says first; `{{name}}` is filled from the session's variables.
        language (str): The language as a code such as `en` or `pt-BR`; of an agent `auto` follows the speaker.
        voice (None | str): The voice, `name` or `provider/name`, several with commas between; null: the default.
        stt (None | str): The recognisers in order of fail-over, `provider` or `provider/model`; null: the server's.
        llm (None | str): The language models in order of fail-over, `provider` or `provider/model`; null: the server's.
        tts (None | str): The voices' engines in order of fail-over, `provider` or `provider/model`; null: the server's.
        speech (None | str): A model that hears, answers and speaks by itself, `provider/model`; null for none.
        pronunciations (AgentWithWarningsPronunciations): How words are spoken: word to a spelling, or to /phonemes/ in
            IPA.
        tools (list[str]): The names of its tools.
        all_tools (bool): Whether the agent has every tool that there is, now and later.
        hand_offs (list[str]): The agents that this one may hand the conversation over to.
        guardrails (AgentWithWarningsGuardrails): Which checks run on what is heard and said, and what they do.
        turn_taking (AgentWithWarningsTurnTaking): When a turn ends and what interrupts, as numbers by name; empty for
            the defaults.
        fail_over (AgentWithWarningsFailOver): After how many seconds another engine takes over: `first_token_secs`,
            `next_token_secs` (language model), `transcript_secs` (recognition), `first_audio_secs` (voice); `filler_secs`:
            when the agent says that it takes a moment; `hedge_percentile`: at which percentile of its usual delay a second
            model is asked as well.
        plans (AgentWithWarningsPlans): What plans of this agent may take: `steps`, `secs`, `tokens`.
        max_call_secs (int | None): The longest time of a call in seconds; null: the server's limit.
        budget_usd (float | None): What a session may cost in US dollars; then the agent says goodbye. Null: no limit.
        context_tokens (int | None): How many tokens of the conversation the model is shown; older turns become notes.
        warnings (list[AgentWarning]): What engines that the agent names lack now.
    """

    name: str
    source: AgentWithWarningsSource
    version: int | None
    default: bool
    title: str
    instructions: str
    greeting: str
    language: str
    voice: None | str
    stt: None | str
    llm: None | str
    tts: None | str
    speech: None | str
    pronunciations: AgentWithWarningsPronunciations
    tools: list[str]
    all_tools: bool
    hand_offs: list[str]
    guardrails: AgentWithWarningsGuardrails
    turn_taking: AgentWithWarningsTurnTaking
    fail_over: AgentWithWarningsFailOver
    plans: AgentWithWarningsPlans
    max_call_secs: int | None
    budget_usd: float | None
    context_tokens: int | None
    warnings: list[AgentWarning]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        source = self.source.value

        version: int | None
        version = self.version

        default = self.default

        title = self.title

        instructions = self.instructions

        greeting = self.greeting

        language = self.language

        voice: None | str
        voice = self.voice

        stt: None | str
        stt = self.stt

        llm: None | str
        llm = self.llm

        tts: None | str
        tts = self.tts

        speech: None | str
        speech = self.speech

        pronunciations = self.pronunciations.to_dict()

        tools = self.tools

        all_tools = self.all_tools

        hand_offs = self.hand_offs

        guardrails = self.guardrails.to_dict()

        turn_taking = self.turn_taking.to_dict()

        fail_over = self.fail_over.to_dict()

        plans = self.plans.to_dict()

        max_call_secs: int | None
        max_call_secs = self.max_call_secs

        budget_usd: float | None
        budget_usd = self.budget_usd

        context_tokens: int | None
        context_tokens = self.context_tokens

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "source": source,
                "version": version,
                "default": default,
                "title": title,
                "instructions": instructions,
                "greeting": greeting,
                "language": language,
                "voice": voice,
                "stt": stt,
                "llm": llm,
                "tts": tts,
                "speech": speech,
                "pronunciations": pronunciations,
                "tools": tools,
                "all_tools": all_tools,
                "hand_offs": hand_offs,
                "guardrails": guardrails,
                "turn_taking": turn_taking,
                "fail_over": fail_over,
                "plans": plans,
                "max_call_secs": max_call_secs,
                "budget_usd": budget_usd,
                "context_tokens": context_tokens,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_warning import AgentWarning  # noqa: PLC0415
        from ..models.agent_with_warnings_fail_over import AgentWithWarningsFailOver  # noqa: PLC0415
        from ..models.agent_with_warnings_guardrails import AgentWithWarningsGuardrails  # noqa: PLC0415
        from ..models.agent_with_warnings_plans import AgentWithWarningsPlans  # noqa: PLC0415
        from ..models.agent_with_warnings_pronunciations import AgentWithWarningsPronunciations  # noqa: PLC0415
        from ..models.agent_with_warnings_turn_taking import AgentWithWarningsTurnTaking  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        source = AgentWithWarningsSource(d.pop("source"))

        def _parse_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        version = _parse_version(d.pop("version"))

        default = d.pop("default")

        title = d.pop("title")

        instructions = d.pop("instructions")

        greeting = d.pop("greeting")

        language = d.pop("language")

        def _parse_voice(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        voice = _parse_voice(d.pop("voice"))

        def _parse_stt(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        stt = _parse_stt(d.pop("stt"))

        def _parse_llm(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        llm = _parse_llm(d.pop("llm"))

        def _parse_tts(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tts = _parse_tts(d.pop("tts"))

        def _parse_speech(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        speech = _parse_speech(d.pop("speech"))

        pronunciations = AgentWithWarningsPronunciations.from_dict(d.pop("pronunciations"))

        tools = cast(list[str], d.pop("tools"))

        all_tools = d.pop("all_tools")

        hand_offs = cast(list[str], d.pop("hand_offs"))

        guardrails = AgentWithWarningsGuardrails.from_dict(d.pop("guardrails"))

        turn_taking = AgentWithWarningsTurnTaking.from_dict(d.pop("turn_taking"))

        fail_over = AgentWithWarningsFailOver.from_dict(d.pop("fail_over"))

        plans = AgentWithWarningsPlans.from_dict(d.pop("plans"))

        def _parse_max_call_secs(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_call_secs = _parse_max_call_secs(d.pop("max_call_secs"))

        def _parse_budget_usd(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        budget_usd = _parse_budget_usd(d.pop("budget_usd"))

        def _parse_context_tokens(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        context_tokens = _parse_context_tokens(d.pop("context_tokens"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = AgentWarning.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        agent_with_warnings = cls(
            name=name,
            source=source,
            version=version,
            default=default,
            title=title,
            instructions=instructions,
            greeting=greeting,
            language=language,
            voice=voice,
            stt=stt,
            llm=llm,
            tts=tts,
            speech=speech,
            pronunciations=pronunciations,
            tools=tools,
            all_tools=all_tools,
            hand_offs=hand_offs,
            guardrails=guardrails,
            turn_taking=turn_taking,
            fail_over=fail_over,
            plans=plans,
            max_call_secs=max_call_secs,
            budget_usd=budget_usd,
            context_tokens=context_tokens,
            warnings=warnings,
        )

        agent_with_warnings.additional_properties = d
        return agent_with_warnings

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
