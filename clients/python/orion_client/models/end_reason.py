from enum import StrEnum


class EndReason(StrEnum):
    AGENT = "agent"
    ERROR = "error"
    HUNG_UP = "hung_up"
    IDLE = "idle"
    LIMIT = "limit"
    SHUTDOWN = "shutdown"

    def __str__(self) -> str:
        return str(self.value)
