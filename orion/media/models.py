"""The models of the audio path, loaded once per process and shared by all its calls.

Pipecat's analyzers load a session of their own each: 20 MB and 120 ms on the event loop per call. An
ONNX session is stateless when it runs, so one per model serves all. Both models come inside the
pipecat-ai wheel (Silero VAD v6.2: MIT; smart-turn v3.2: BSD-2-Clause).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import onnxruntime

SILERO = "pipecat.audio.vad.data/silero_vad.onnx"
SMART_TURN = "pipecat.audio.turn.smart_turn.data/smart-turn-v3.2-cpu.onnx"


@cache
def session(name: str) -> Any:
    """The process's ONNX session of a model, one thread wide."""
    options = onnxruntime.SessionOptions()
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(path(name), options, providers=["CPUExecutionProvider"])


def path(name: str) -> str:
    """Where a model's file lies."""
    package, file = name.split("/")
    return str(files(package) / file)


def load() -> None:
    """Load all models; a server does it at start, so that no call waits for it."""
    for name in (SILERO, SMART_TURN):
        session(name)


def report() -> list[tuple[str, str | None, str]]:
    """For `orion doctor`: the part, what serves it, and why."""
    return [
        ("VAD", "silero", "built in, no download"),
        ("turn end", "smart-turn", "smart-turn model plus transcript"),
    ]
