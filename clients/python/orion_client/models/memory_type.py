from enum import StrEnum


class MemoryType(StrEnum):
    EPISODE = "episode"
    FACT = "fact"
    PREFERENCE = "preference"
    SUMMARY = "summary"
    TASK = "task"

    def __str__(self) -> str:
        return str(self.value)
