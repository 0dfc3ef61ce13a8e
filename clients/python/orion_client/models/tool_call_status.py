from enum import StrEnum


class ToolCallStatus(StrEnum):
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    RUNNING = "running"
    TIMED_OUT = "timed_out"
    WAITING_APPROVAL = "waiting_approval"

    def __str__(self) -> str:
        return str(self.value)
