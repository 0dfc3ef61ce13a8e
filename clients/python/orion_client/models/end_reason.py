from enum import StrEnum


class EndReason(StrEnum):
    AGENT = "agent"
    BUDGET = "budget"
    ERROR = "error"
    HUNG_UP = "hung_up"
    IDLE = "idle"
    LIMIT = "limit"
    SHUTDOWN = "shutdown"

    def __str__(self) -> str:
        return str(self.value)
