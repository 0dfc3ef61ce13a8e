from enum import StrEnum


class EngineInUseKind(StrEnum):
    LLM = "llm"
    MEMORY = "memory"
    STT = "stt"
    TTS = "tts"

    def __str__(self) -> str:
        return str(self.value)
