from enum import StrEnum


class EngineUsageKind(StrEnum):
    LLM = "llm"
    STT = "stt"
    TTS = "tts"

    def __str__(self) -> str:
        return str(self.value)
