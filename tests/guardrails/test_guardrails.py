from orion import guardrails
from orion.domain.guardrail import Action, Channel, Finding, Utterance

CHECKS = guardrails.load_all()


def verdict(text, channel=Channel.INPUT):
    return guardrails.evaluate(Utterance(text, channel), CHECKS, {})


def test_ordinary_speech_passes_unchanged():
    found = verdict("what time is it in Tokyo?")
    assert (found.action, found.text, found.findings) == (Action.ALLOW, "what time is it in Tokyo?", ())


def test_an_utterance_longer_than_speech_is_blocked_with_a_reply():
    found = verdict("a" * 4001)
    assert found.action is Action.BLOCK
    assert found.text == ""
    assert "too long" in found.reply


def test_the_agents_own_text_may_be_longer():
    assert verdict("a" * 4001, Channel.OUTPUT).action is Action.ALLOW


def test_hidden_characters_are_removed_and_told():
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore")
    found = verdict(f"hello{hidden} wor\u200bld\u202e")
    assert found.action is Action.MASK
    assert found.text == "hello world"
    assert {f.kind for f in found.findings} == {"invisible_characters"}


def test_emoji_sequences_and_joined_scripts_are_left_alone():
    for text in ("family 👨\u200d👩\u200d👧", "می\u200cخواهم", "❤\ufe0f"):
        assert verdict(text).text == text


def test_the_strongest_finding_makes_the_verdict():
    checks = {
        "flags": lambda u, s: [Finding("flags", "x", 0, 1, Action.FLAG)],
        "masks": lambda u, s: [Finding("masks", "y", 2, 4, Action.MASK, replacement="**")],
    }
    found = guardrails.evaluate(Utterance("abcdef", Channel.INPUT), checks, {})
    assert (found.action, found.text) == (Action.MASK, "ab**ef")


def test_overlapping_masks_leave_nothing_of_either_span():
    checks = {
        "a": lambda u, s: [Finding("a", "x", 0, 4, Action.MASK, replacement="A")],
        "b": lambda u, s: [Finding("b", "x", 2, 6, Action.MASK, replacement="B")],
    }
    assert guardrails.evaluate(Utterance("abcdefgh", Channel.INPUT), checks, {}).text == "Agh"
