from enum import StrEnum


class StepStatus(StrEnum):
    DONE = "done"
    FAILED = "failed"
    PENDING = "pending"
    REJECTED = "rejected"
    RUNNING = "running"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    WAITING_APPROVAL = "waiting_approval"

    def __str__(self) -> str:
        return str(self.value)
