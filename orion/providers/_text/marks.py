"""What stands between a model's words and is none: reasoning, tokens of chat templates, calls.

Sources: the chat templates of Qwen, DeepSeek, Kimi, GLM, Llama, Mistral, Gemma, Phi, Command and gpt-oss
(https://cookbook.openai.com/articles/openai-harmony), and the tool parsers of vLLM.
"""

from __future__ import annotations

import re

_THOUGHT = r"(?:think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|inner_monologue|antthinking)"
_NAMESPACE = r"(?:[\w.-]{1,16}:)?"
_CALL_TAG = (
    r"(?:tool_calls?|function_calls?|functioncall|toolcall|tool_use|invoke|start_function_call|tool_code)"
)

OPENS = re.compile(
    rf"<{_NAMESPACE}{_THOUGHT}(?:\s[^<>]{{0,80}})?(?<!/)>|\[THINK\]|◁think▷"
    rf"|<[|｜](?:begin[_▁]of[_▁]|start_)?{_THOUGHT}[|｜]>",
    re.IGNORECASE,
)
CLOSES = re.compile(
    rf"</{_NAMESPACE}{_THOUGHT}\s*>|\[/THINK\]|◁/think▷|<[|｜](?:/|end[_▁]of[_▁]|end_){_THOUGHT}[|｜]>",
    re.IGNORECASE,
)
CALLS = re.compile(
    rf"<{_NAMESPACE}{_CALL_TAG}(?:\s[^<>]{{0,120}})?>|<function(?:[=(][\w.:-]{{1,80}}\)?|\s+name\s*=[^<>]{{1,90}})>"
    r"|<[|｜]/?(?:DSML[|｜]\w+(?:\s[^<>]{0,90})?|python_tag[|｜]|START_ACTION[|｜]|action_start[|｜]"
    r"|tool[_▁]calls?(?:[_▁](?:section[_▁])?begins?)?[|｜])>|\[TOOL_CALLS\]",
    re.IGNORECASE,
)
HEADS = re.compile(r"<\|(?:im_start|start_header_id|start|channel)\|>|<start_of_turn>", re.IGNORECASE)
"""After these comes who speaks, or in which channel."""
HEAD_ENDS = re.compile(r"<\|(?:message|end_header_id|im_sep)\|>|\n")
ROLES = ("assistant", "model", "user", "system", "developer", "tool", "ipython", "function", "human")
CHANNELS = ("analysis", "commentary", "final")
OTHERS = re.compile(r"<[|｜](?:user|system|observation)[|｜]>|\[INST\]", re.IGNORECASE)
"""The words that follow are somebody else's."""
OWN = re.compile(r"<[|｜]assistant[|｜]>|\[/INST\]", re.IGNORECASE)
"""And from here on they are the model's again."""
TOKENS = re.compile(
    r"<[|｜][^<>|｜\s]{1,40}[|｜]>|<(?:bos|eos|pad|unk|sop|end_of_turn|end_of_utterance)>|\[gMASK\]"
    rf"|<{_NAMESPACE}{_THOUGHT}\s*/>",
    re.IGNORECASE,
)
"""What is left out, and nothing else."""
WRAPS = re.compile(r"</?(?:answer|response|final_answer|output)>", re.IGNORECASE)
"""What models that were trained to think put around their answer."""
BEGINS = re.compile(r"[<\[◁]")
_PARTS = re.compile(
    rf"<[/]?{_NAMESPACE}[\w.-]*(?:\s[^<>]*|[=(][^<>]*)?/?\Z|<[|｜][^<>\n]*\Z|\[/?[A-Z_]*\Z|◁/?\w*\Z",
    re.IGNORECASE,
)
_LONGEST = 140
_NAMES = (
    *("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad"),
    *("inner_monologue", "antthinking", "tool_call", "tool_calls", "function_call", "function_calls"),
    *("functioncall", "toolcall", "tool_use", "tool_code", "invoke", "start_function_call", "function"),
    *("start_of_turn", "end_of_turn", "end_of_utterance", "bos", "eos", "pad", "unk", "sop", "s"),
    *("answer", "response", "final_answer", "output"),
)
_OTHERS = ("[think]", "[/think]", "[tool_calls]", "[inst]", "[/inst]", "[gmask]", "◁think▷", "◁/think▷")


def may_grow(text: str) -> bool:
    """Whether a text that begins like a mark may become one, with what comes next."""
    low = text.lower()
    if len(text) > _LONGEST or not _PARTS.match(text):
        return False
    if low[0] != "<":
        return any(mark.startswith(low) for mark in _OTHERS)
    return low[1:2] in {"|", "｜"} or low in {"<", "</"} or _may_be_tag(low)


def _may_be_tag(low: str) -> bool:
    name = re.match(r"</?(?:([\w.-]{0,16}):)?([\w.-]*)", low)
    if name is None:
        return False
    if name.end() == len(low):  # the name itself may go on, or turn out to be a namespace
        return any(known.startswith(name[2]) for known in _NAMES) or bool(name[1]) or _is_space(name[2])
    return name[2] in _NAMES


def _is_space(name: str) -> bool:
    """Whether it is the beginning of a namespace that templates use."""
    return bool(name) and any(known.startswith(name) for known in ("seed", "minimax", "antml"))
