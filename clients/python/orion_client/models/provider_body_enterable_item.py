from enum import StrEnum


class ProviderBodyEnterableItem(StrEnum):
    BASE_URL = "base_url"
    KEY = "key"

    def __str__(self) -> str:
        return str(self.value)
