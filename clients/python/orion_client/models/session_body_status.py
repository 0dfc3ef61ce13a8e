from enum import StrEnum


class SessionBodyStatus(StrEnum):
    ACTIVE = "active"
    CREATED = "created"
    ENDED = "ended"
    PAUSED = "paused"

    def __str__(self) -> str:
        return str(self.value)
