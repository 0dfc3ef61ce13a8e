from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.provider_body_configured_type_0 import ProviderBodyConfiguredType0
from ..models.provider_body_enterable_item import ProviderBodyEnterableItem

T = TypeVar("T", bound="ProviderBody")


@_attrs_define
class ProviderBody:
    """A provider that takes a key of the workspace's own, which is never shown; admins see where it ends.

    Attributes:
        name (str): Its name.
        enterable (list[ProviderBodyEnterableItem]): What an admin may enter for this provider: `key`, `base_url`.
        configured (None | ProviderBodyConfiguredType0): Where its key comes from: `workspace`, `environment`, or null
            for nowhere.
        key_ends (None | str): The last characters of the key that was entered; null for non-admins.
        base_url (None | str): The address of the provider's API, if it is not the vendor's own.
        updated_at (datetime.datetime | None): When it was last changed.
        problem (None | str): Why it does not work, in words; null if it does.
    """

    name: str
    enterable: list[ProviderBodyEnterableItem]
    configured: None | ProviderBodyConfiguredType0
    key_ends: None | str
    base_url: None | str
    updated_at: datetime.datetime | None
    problem: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        enterable = []
        for enterable_item_data in self.enterable:
            enterable_item = enterable_item_data.value
            enterable.append(enterable_item)

        configured: None | str
        if isinstance(self.configured, ProviderBodyConfiguredType0):
            configured = self.configured.value
        else:
            configured = self.configured

        key_ends: None | str
        key_ends = self.key_ends

        base_url: None | str
        base_url = self.base_url

        updated_at: None | str
        if isinstance(self.updated_at, datetime.datetime):
            updated_at = self.updated_at.isoformat()
        else:
            updated_at = self.updated_at

        problem: None | str
        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "enterable": enterable,
                "configured": configured,
                "key_ends": key_ends,
                "base_url": base_url,
                "updated_at": updated_at,
                "problem": problem,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        enterable = []
        _enterable = d.pop("enterable")
        for enterable_item_data in _enterable:
            enterable_item = ProviderBodyEnterableItem(enterable_item_data)

            enterable.append(enterable_item)

        def _parse_configured(data: object) -> None | ProviderBodyConfiguredType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                configured_type_0 = ProviderBodyConfiguredType0(data)

                return configured_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProviderBodyConfiguredType0, data)

        configured = _parse_configured(d.pop("configured"))

        def _parse_key_ends(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        key_ends = _parse_key_ends(d.pop("key_ends"))

        def _parse_base_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        base_url = _parse_base_url(d.pop("base_url"))

        def _parse_updated_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                updated_at_type_0 = datetime.datetime.fromisoformat(data)

                return updated_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        updated_at = _parse_updated_at(d.pop("updated_at"))

        def _parse_problem(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        problem = _parse_problem(d.pop("problem"))

        provider_body = cls(
            name=name,
            enterable=enterable,
            configured=configured,
            key_ends=key_ends,
            base_url=base_url,
            updated_at=updated_at,
            problem=problem,
        )

        provider_body.additional_properties = d
        return provider_body

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
