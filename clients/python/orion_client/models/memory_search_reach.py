from enum import StrEnum


class MemorySearchReach(StrEnum):
    SESSION = "session"
    USER = "user"

    def __str__(self) -> str:
        return str(self.value)
