from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agent_file_fail_over import AgentFileFailOver
    from ..models.agent_file_guardrails import AgentFileGuardrails
    from ..models.agent_file_plans import AgentFilePlans
    from ..models.agent_file_pronunciations import AgentFilePronunciations
    from ..models.agent_file_turn_taking import AgentFileTurnTaking


T = TypeVar("T", bound="AgentFile")


@_attrs_define
class AgentFile:
    """What an agent's YAML file may hold; the file's name is the agent's.

    Attributes:
        instructions (str): What the agent is and does, for its model; `{{name}}` is filled from the variables.
        title (str | Unset): What people see as its name. Default: ''.
        greeting (str | Unset): What the agent says first; `{{name}}` is filled from the session's variables. Default:
            ''.
        language (str | Unset): The language as a code such as `en` or `pt-BR`; of an agent `auto` follows the speaker.
            Default: 'en'.
        voice (None | str | Unset): The voice, `name` or `provider/name`, several with commas between; null: the
            default.
        stt (None | str | Unset): The recognisers in order of fail-over, `provider` or `provider/model`; null: the
            server's.
        llm (None | str | Unset): The language models in order of fail-over, `provider` or `provider/model`; null: the
            server's.
        tts (None | str | Unset): The voices' engines in order of fail-over, `provider` or `provider/model`; null: the
            server's.
        speech (None | str | Unset): A model that hears, answers and speaks by itself, `provider/model`; null for none.
        pronunciations (AgentFilePronunciations | Unset): How words are spoken: word to a spelling, or to /phonemes/ in
            IPA.
        tools (list[str] | None | Unset): The names of its tools; null for all.
        hand_offs (list[str] | Unset): The agents that this one may hand the conversation over to.
        guardrails (AgentFileGuardrails | Unset): Which checks run on what is heard and said, and what they do.
        turn_taking (AgentFileTurnTaking | Unset): When a turn ends and what interrupts, as numbers by name; empty for
            the defaults.
        fail_over (AgentFileFailOver | Unset): After how many seconds another engine takes over: `first_token_secs`,
            `next_token_secs` (language model), `transcript_secs` (recognition), `first_audio_secs` (voice); `filler_secs`:
            when the agent says that it takes a moment; `hedge_percentile`: at which percentile of its usual delay a second
            model is asked as well.
        plans (AgentFilePlans | Unset): What plans of this agent may take: `steps`, `secs`, `tokens`.
        max_call_secs (int | None | Unset): The longest time of a call in seconds; null: the server's limit.
        budget_usd (float | None | Unset): What a session may cost in US dollars; then the agent says goodbye. Null: no
            limit.
        context_tokens (int | None | Unset): How many tokens of the conversation the model is shown; older turns become
            notes.
    """

    instructions: str
    title: str | Unset = ""
    greeting: str | Unset = ""
    language: str | Unset = "en"
    voice: None | str | Unset = UNSET
    stt: None | str | Unset = UNSET
    llm: None | str | Unset = UNSET
    tts: None | str | Unset = UNSET
    speech: None | str | Unset = UNSET
    pronunciations: AgentFilePronunciations | Unset = UNSET
    tools: list[str] | None | Unset = UNSET
    hand_offs: list[str] | Unset = UNSET
    guardrails: AgentFileGuardrails | Unset = UNSET
    turn_taking: AgentFileTurnTaking | Unset = UNSET
    fail_over: AgentFileFailOver | Unset = UNSET
    plans: AgentFilePlans | Unset = UNSET
    max_call_secs: int | None | Unset = UNSET
    budget_usd: float | None | Unset = UNSET
    context_tokens: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        instructions = self.instructions

        title = self.title

        greeting = self.greeting

        language = self.language

        voice: None | str | Unset
        if isinstance(self.voice, Unset):
            voice = UNSET
        else:
            voice = self.voice

        stt: None | str | Unset
        if isinstance(self.stt, Unset):
            stt = UNSET
        else:
            stt = self.stt

        llm: None | str | Unset
        if isinstance(self.llm, Unset):
            llm = UNSET
        else:
            llm = self.llm

        tts: None | str | Unset
        if isinstance(self.tts, Unset):
            tts = UNSET
        else:
            tts = self.tts

        speech: None | str | Unset
        if isinstance(self.speech, Unset):
            speech = UNSET
        else:
            speech = self.speech

        pronunciations: dict[str, Any] | Unset = UNSET
        if not isinstance(self.pronunciations, Unset):
            pronunciations = self.pronunciations.to_dict()

        tools: list[str] | None | Unset
        if isinstance(self.tools, Unset):
            tools = UNSET
        elif isinstance(self.tools, list):
            tools = self.tools

        else:
            tools = self.tools

        hand_offs: list[str] | Unset = UNSET
        if not isinstance(self.hand_offs, Unset):
            hand_offs = self.hand_offs

        guardrails: dict[str, Any] | Unset = UNSET
        if not isinstance(self.guardrails, Unset):
            guardrails = self.guardrails.to_dict()

        turn_taking: dict[str, Any] | Unset = UNSET
        if not isinstance(self.turn_taking, Unset):
            turn_taking = self.turn_taking.to_dict()

        fail_over: dict[str, Any] | Unset = UNSET
        if not isinstance(self.fail_over, Unset):
            fail_over = self.fail_over.to_dict()

        plans: dict[str, Any] | Unset = UNSET
        if not isinstance(self.plans, Unset):
            plans = self.plans.to_dict()

        max_call_secs: int | None | Unset
        if isinstance(self.max_call_secs, Unset):
            max_call_secs = UNSET
        else:
            max_call_secs = self.max_call_secs

        budget_usd: float | None | Unset
        if isinstance(self.budget_usd, Unset):
            budget_usd = UNSET
        else:
            budget_usd = self.budget_usd

        context_tokens: int | None | Unset
        if isinstance(self.context_tokens, Unset):
            context_tokens = UNSET
        else:
            context_tokens = self.context_tokens

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "instructions": instructions,
            }
        )
        if title is not UNSET:
            field_dict["title"] = title
        if greeting is not UNSET:
            field_dict["greeting"] = greeting
        if language is not UNSET:
            field_dict["language"] = language
        if voice is not UNSET:
            field_dict["voice"] = voice
        if stt is not UNSET:
            field_dict["stt"] = stt
        if llm is not UNSET:
            field_dict["llm"] = llm
        if tts is not UNSET:
            field_dict["tts"] = tts
        if speech is not UNSET:
            field_dict["speech"] = speech
        if pronunciations is not UNSET:
            field_dict["pronunciations"] = pronunciations
        if tools is not UNSET:
            field_dict["tools"] = tools
        if hand_offs is not UNSET:
            field_dict["hand_offs"] = hand_offs
        if guardrails is not UNSET:
            field_dict["guardrails"] = guardrails
        if turn_taking is not UNSET:
            field_dict["turn_taking"] = turn_taking
        if fail_over is not UNSET:
            field_dict["fail_over"] = fail_over
        if plans is not UNSET:
            field_dict["plans"] = plans
        if max_call_secs is not UNSET:
            field_dict["max_call_secs"] = max_call_secs
        if budget_usd is not UNSET:
            field_dict["budget_usd"] = budget_usd
        if context_tokens is not UNSET:
            field_dict["context_tokens"] = context_tokens

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_file_fail_over import AgentFileFailOver  # noqa: PLC0415
        from ..models.agent_file_guardrails import AgentFileGuardrails  # noqa: PLC0415
        from ..models.agent_file_plans import AgentFilePlans  # noqa: PLC0415
        from ..models.agent_file_pronunciations import AgentFilePronunciations  # noqa: PLC0415
        from ..models.agent_file_turn_taking import AgentFileTurnTaking  # noqa: PLC0415

        d = dict(src_dict)
        instructions = d.pop("instructions")

        title = d.pop("title", UNSET)

        greeting = d.pop("greeting", UNSET)

        language = d.pop("language", UNSET)

        def _parse_voice(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        voice = _parse_voice(d.pop("voice", UNSET))

        def _parse_stt(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        stt = _parse_stt(d.pop("stt", UNSET))

        def _parse_llm(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        llm = _parse_llm(d.pop("llm", UNSET))

        def _parse_tts(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tts = _parse_tts(d.pop("tts", UNSET))

        def _parse_speech(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        speech = _parse_speech(d.pop("speech", UNSET))

        _pronunciations = d.pop("pronunciations", UNSET)
        pronunciations: AgentFilePronunciations | Unset
        if isinstance(_pronunciations, Unset):
            pronunciations = UNSET
        else:
            pronunciations = AgentFilePronunciations.from_dict(_pronunciations)

        def _parse_tools(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tools_type_0 = cast(list[str], data)

                return tools_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tools = _parse_tools(d.pop("tools", UNSET))

        hand_offs = cast(list[str], d.pop("hand_offs", UNSET))

        _guardrails = d.pop("guardrails", UNSET)
        guardrails: AgentFileGuardrails | Unset
        if isinstance(_guardrails, Unset):
            guardrails = UNSET
        else:
            guardrails = AgentFileGuardrails.from_dict(_guardrails)

        _turn_taking = d.pop("turn_taking", UNSET)
        turn_taking: AgentFileTurnTaking | Unset
        if isinstance(_turn_taking, Unset):
            turn_taking = UNSET
        else:
            turn_taking = AgentFileTurnTaking.from_dict(_turn_taking)

        _fail_over = d.pop("fail_over", UNSET)
        fail_over: AgentFileFailOver | Unset
        if isinstance(_fail_over, Unset):
            fail_over = UNSET
        else:
            fail_over = AgentFileFailOver.from_dict(_fail_over)

        _plans = d.pop("plans", UNSET)
        plans: AgentFilePlans | Unset
        if isinstance(_plans, Unset):
            plans = UNSET
        else:
            plans = AgentFilePlans.from_dict(_plans)

        def _parse_max_call_secs(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_call_secs = _parse_max_call_secs(d.pop("max_call_secs", UNSET))

        def _parse_budget_usd(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        budget_usd = _parse_budget_usd(d.pop("budget_usd", UNSET))

        def _parse_context_tokens(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        context_tokens = _parse_context_tokens(d.pop("context_tokens", UNSET))

        agent_file = cls(
            instructions=instructions,
            title=title,
            greeting=greeting,
            language=language,
            voice=voice,
            stt=stt,
            llm=llm,
            tts=tts,
            speech=speech,
            pronunciations=pronunciations,
            tools=tools,
            hand_offs=hand_offs,
            guardrails=guardrails,
            turn_taking=turn_taking,
            fail_over=fail_over,
            plans=plans,
            max_call_secs=max_call_secs,
            budget_usd=budget_usd,
            context_tokens=context_tokens,
        )

        return agent_file
