from enum import StrEnum


class ApprovalOfCallByType0(StrEnum):
    KEY = "key"
    REST = "rest"
    TEXT = "text"
    TIME = "time"
    VOICE = "voice"

    def __str__(self) -> str:
        return str(self.value)
