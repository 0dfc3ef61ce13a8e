from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.turn_body_role import TurnBodyRole

if TYPE_CHECKING:
    from ..models.tool_call_body import ToolCallBody
    from ..models.turn_body_latency import TurnBodyLatency
    from ..models.usage_body import UsageBody


T = TypeVar("T", bound="TurnBody")


@_attrs_define
class TurnBody:
    """A turn as it was heard; `latency` in milliseconds after the end of the user's speech.

    Attributes:
        id (UUID): Its id.
        role (TurnBodyRole): Who spoke: `user` or `agent`.
        agent (str): The agent that spoke, or was spoken to.
        text (str): The words.
        interrupted (bool): Whether the turn was cut off.
        tool_calls (list[ToolCallBody]): The tools that were called, in order.
        latency (TurnBodyLatency): Milliseconds from the end of the user's speech to each stage.
        usage (UsageBody): What was consumed, by engine; `cost_usd` is null as soon as that of one engine is not known.
        started_at (datetime.datetime): When it began; null if it has not.
        ended_at (datetime.datetime): When it ended; null while it has not.
    """

    id: UUID
    role: TurnBodyRole
    agent: str
    text: str
    interrupted: bool
    tool_calls: list[ToolCallBody]
    latency: TurnBodyLatency
    usage: UsageBody
    started_at: datetime.datetime
    ended_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        role = self.role.value

        agent = self.agent

        text = self.text

        interrupted = self.interrupted

        tool_calls = []
        for tool_calls_item_data in self.tool_calls:
            tool_calls_item = tool_calls_item_data.to_dict()
            tool_calls.append(tool_calls_item)

        latency = self.latency.to_dict()

        usage = self.usage.to_dict()

        started_at = self.started_at.isoformat()

        ended_at = self.ended_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "role": role,
                "agent": agent,
                "text": text,
                "interrupted": interrupted,
                "tool_calls": tool_calls,
                "latency": latency,
                "usage": usage,
                "started_at": started_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_call_body import ToolCallBody  # noqa: PLC0415
        from ..models.turn_body_latency import TurnBodyLatency  # noqa: PLC0415
        from ..models.usage_body import UsageBody  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        role = TurnBodyRole(d.pop("role"))

        agent = d.pop("agent")

        text = d.pop("text")

        interrupted = d.pop("interrupted")

        tool_calls = []
        _tool_calls = d.pop("tool_calls")
        for tool_calls_item_data in _tool_calls:
            tool_calls_item = ToolCallBody.from_dict(tool_calls_item_data)

            tool_calls.append(tool_calls_item)

        latency = TurnBodyLatency.from_dict(d.pop("latency"))

        usage = UsageBody.from_dict(d.pop("usage"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        ended_at = datetime.datetime.fromisoformat(d.pop("ended_at"))

        turn_body = cls(
            id=id,
            role=role,
            agent=agent,
            text=text,
            interrupted=interrupted,
            tool_calls=tool_calls,
            latency=latency,
            usage=usage,
            started_at=started_at,
            ended_at=ended_at,
        )

        turn_body.additional_properties = d
        return turn_body

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
