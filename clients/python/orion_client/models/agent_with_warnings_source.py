from enum import StrEnum


class AgentWithWarningsSource(StrEnum):
    FILE = "file"
    ROW = "row"

    def __str__(self) -> str:
        return str(self.value)
