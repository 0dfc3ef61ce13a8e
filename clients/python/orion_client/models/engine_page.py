from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.engine import Engine
    from ..models.engine_in_use import EngineInUse
    from ..models.offered_engine import OfferedEngine
    from ..models.provider_body import ProviderBody


T = TypeVar("T", bound="EnginePage")


@_attrs_define
class EnginePage:
    """The engine that comes first of each kind, all engines that there are, and what may be entered.

    `in_use` tells ear, mind, voice and memory for people.

        Attributes:
            items (list[Engine]): The things on this page.
            in_use (list[EngineInUse]): Ear, mind, voice and memory, as people call them, and what would improve them.
            engines (list[OfferedEngine]): All engines that there are, with what they offer and what they lack.
            providers (list[ProviderBody]): The providers that a workspace may enter a key for.
            next_cursor (None | str): Send it as `cursor` for the next page; null on the last.
    """

    items: list[Engine]
    in_use: list[EngineInUse]
    engines: list[OfferedEngine]
    providers: list[ProviderBody]
    next_cursor: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        in_use = []
        for in_use_item_data in self.in_use:
            in_use_item = in_use_item_data.to_dict()
            in_use.append(in_use_item)

        engines = []
        for engines_item_data in self.engines:
            engines_item = engines_item_data.to_dict()
            engines.append(engines_item)

        providers = []
        for providers_item_data in self.providers:
            providers_item = providers_item_data.to_dict()
            providers.append(providers_item)

        next_cursor: None | str
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "in_use": in_use,
                "engines": engines,
                "providers": providers,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.engine import Engine  # noqa: PLC0415
        from ..models.engine_in_use import EngineInUse  # noqa: PLC0415
        from ..models.offered_engine import OfferedEngine  # noqa: PLC0415
        from ..models.provider_body import ProviderBody  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = Engine.from_dict(items_item_data)

            items.append(items_item)

        in_use = []
        _in_use = d.pop("in_use")
        for in_use_item_data in _in_use:
            in_use_item = EngineInUse.from_dict(in_use_item_data)

            in_use.append(in_use_item)

        engines = []
        _engines = d.pop("engines")
        for engines_item_data in _engines:
            engines_item = OfferedEngine.from_dict(engines_item_data)

            engines.append(engines_item)

        providers = []
        _providers = d.pop("providers")
        for providers_item_data in _providers:
            providers_item = ProviderBody.from_dict(providers_item_data)

            providers.append(providers_item)

        def _parse_next_cursor(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        engine_page = cls(
            items=items,
            in_use=in_use,
            engines=engines,
            providers=providers,
            next_cursor=next_cursor,
        )

        engine_page.additional_properties = d
        return engine_page

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
