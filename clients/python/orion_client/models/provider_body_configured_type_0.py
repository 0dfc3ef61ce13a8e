from enum import StrEnum


class ProviderBodyConfiguredType0(StrEnum):
    ENVIRONMENT = "environment"
    WORKSPACE = "workspace"

    def __str__(self) -> str:
        return str(self.value)
