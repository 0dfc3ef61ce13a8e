from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.offered_engine_kind_type_0 import OfferedEngineKindType0

if TYPE_CHECKING:
    from ..models.voice_body import VoiceBody


T = TypeVar("T", bound="OfferedEngine")


@_attrs_define
class OfferedEngine:
    """An engine of a provider: what it lacks to serve, its models and voices, or why they are not known.

    Attributes:
        kind (Literal['speech'] | OfferedEngineKindType0): `stt` hears, `llm` answers, `tts` speaks, `speech` does it
            all.
        provider (str): The name of the provider; null if none serves.
        missing (None | str): What is missing, in words; null or empty if nothing is.
        models (list[str]): The models that the account may use.
        voices (list[VoiceBody]): The voices that it offers.
        problem (None | str): Why it does not work, in words; null if it does.
    """

    kind: Literal["speech"] | OfferedEngineKindType0
    provider: str
    missing: None | str
    models: list[str]
    voices: list[VoiceBody]
    problem: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: Literal["speech"] | str
        if isinstance(self.kind, OfferedEngineKindType0):
            kind = self.kind.value
        else:
            kind = self.kind

        provider = self.provider

        missing: None | str
        missing = self.missing

        models = self.models

        voices = []
        for voices_item_data in self.voices:
            voices_item = voices_item_data.to_dict()
            voices.append(voices_item)

        problem: None | str
        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "provider": provider,
                "missing": missing,
                "models": models,
                "voices": voices,
                "problem": problem,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.voice_body import VoiceBody  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_kind(data: object) -> Literal["speech"] | OfferedEngineKindType0:
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = OfferedEngineKindType0(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            kind_type_1 = cast(Literal["speech"], data)
            if kind_type_1 != "speech":
                raise ValueError(f"kind_type_1 must match const 'speech', got '{kind_type_1}'")
            return kind_type_1

        kind = _parse_kind(d.pop("kind"))

        provider = d.pop("provider")

        def _parse_missing(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        missing = _parse_missing(d.pop("missing"))

        models = cast(list[str], d.pop("models"))

        voices = []
        _voices = d.pop("voices")
        for voices_item_data in _voices:
            voices_item = VoiceBody.from_dict(voices_item_data)

            voices.append(voices_item)

        def _parse_problem(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        problem = _parse_problem(d.pop("problem"))

        offered_engine = cls(
            kind=kind,
            provider=provider,
            missing=missing,
            models=models,
            voices=voices,
            problem=problem,
        )

        offered_engine.additional_properties = d
        return offered_engine

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
