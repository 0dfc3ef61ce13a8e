from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.api_key_body import ApiKeyBody


T = TypeVar("T", bound="MadeApiKey")


@_attrs_define
class MadeApiKey:
    """A new key. `key` is shown this once.

    Attributes:
        api_key (ApiKeyBody): A key as it is listed; nobody sees its secret again.
        key (str): The whole key; it is shown this once.
    """

    api_key: ApiKeyBody
    key: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key.to_dict()

        key = self.key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "api_key": api_key,
                "key": key,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.api_key_body import ApiKeyBody  # noqa: PLC0415

        d = dict(src_dict)
        api_key = ApiKeyBody.from_dict(d.pop("api_key"))

        key = d.pop("key")

        made_api_key = cls(
            api_key=api_key,
            key=key,
        )

        made_api_key.additional_properties = d
        return made_api_key

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
