from enum import StrEnum


class OfferedEngineKindType0(StrEnum):
    LLM = "llm"
    STT = "stt"
    TTS = "tts"

    def __str__(self) -> str:
        return str(self.value)
