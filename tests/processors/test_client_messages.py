import pytest
from pipecat.frames.frames import InputTransportMessageFrame, LLMMessagesAppendFrame
from pipecat.frames.frames import OutputTransportMessageUrgentFrame as Urgent
from pipecat.tests.utils import run_test

from orion.processors.client_messages import ClientMessages, refuse


def message(kind, body=None):
    return {"label": "rtvi-ai", "type": kind, "id": "1", "data": body}


@pytest.mark.parametrize("kind", ["llm-function-call-result", "send-file", "ui-event", "update-config", ""])
def test_a_client_supplies_no_tool_results_files_or_settings(kind):
    assert refuse(message(kind)).startswith("refused")


@pytest.mark.parametrize("kind", ["client-ready", "send-text", "dtmf", "disconnect-bot", "client-message"])
def test_a_participant_may_send_what_it_needs(kind):
    assert refuse(message(kind, {"content": "hello"})) == ""


@pytest.mark.parametrize(
    "odd", [None, [], "x", {"label": "other", "type": "send-text"}, message("dtmf", [1])]
)
def test_what_is_no_rtvi_message_is_malformed(odd):
    assert refuse(odd).startswith("malformed")


@pytest.mark.parametrize(
    "audio",
    [
        {},
        {"base64Audio": "x" * 64_001, "sampleRate": 16000, "numChannels": 1},
        {"base64Audio": "AAAA", "sampleRate": 10**9, "numChannels": 1},
        {"base64Audio": "AAAA", "sampleRate": 16000, "numChannels": 2},
        {"base64Audio": "AAAA", "sampleRate": [16000], "numChannels": 1},
        {"base64Audio": "AAAA", "base64AudioBatch": ["A"] * 10**4, "sampleRate": 16000, "numChannels": 1},
    ],
)
def test_raw_audio_is_bounded(audio):
    assert refuse(message("raw-audio", audio)).startswith("malformed")


async def test_a_refused_message_is_answered_and_goes_nowhere():
    frame = InputTransportMessageFrame(message=message("llm-function-call-result", {"result": "evil"}))
    down, _ = await run_test(ClientMessages(), frames_to_send=[frame])
    (answer,) = (f for f in down if isinstance(f, Urgent))
    assert answer.message["type"] == "error-response"
    assert answer.message["id"] == "1"
    assert not any(isinstance(f, LLMMessagesAppendFrame) for f in down)


@pytest.mark.parametrize("content", [None, "", 7, ["x"], "x" * 20_001])
def test_a_typed_message_has_the_bounds_that_it_has_by_rest(content):
    assert refuse(message("send-text", {"content": content})).startswith("malformed")


async def test_typed_messages_come_twenty_at_once_and_then_one_each_two_seconds():
    now = 100.0
    processor = ClientMessages(clock=lambda: now)

    def send():
        return processor._orion_too_many(
            InputTransportMessageFrame(message=message("send-text", {"content": "hello"}))
        )

    assert [send() for _ in range(21)] == [*[""] * 20, "limited: too many messages; wait a little"]
    now = 102.0
    assert [bool(send()) for _ in range(2)] == [False, True]
    now = 10_000.0
    assert [bool(send()) for _ in range(21)] == [*[False] * 20, True]
