from enum import StrEnum


class AgentBodySource(StrEnum):
    FILE = "file"
    ROW = "row"

    def __str__(self) -> str:
        return str(self.value)
