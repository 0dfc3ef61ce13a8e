"""Pipecat's worker of one call: what runs its pipeline."""

from __future__ import annotations

from collections.abc import Sequence

from pipecat.observers.base_observer import BaseObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frameworks.rtvi import RTVIObserverParams, RTVIProcessor

_RTVI = RTVIObserverParams(
    bot_llm_enabled=False,  # the model's text before the guardrail
    user_llm_enabled=False,
    metrics_enabled=False,
    system_logs_enabled=False,
)


def make_worker(
    pipeline: Pipeline, observers: Sequence[BaseObserver], rtvi: RTVIProcessor | None
) -> PipelineWorker:
    """Run 16 kHz in and 24 kHz out, until it is told to end; `rtvi` speaks to the client, if one listens."""
    return PipelineWorker(
        pipeline,
        params=PipelineParams(
            audio_in_sample_rate=16000, audio_out_sample_rate=24000, enable_usage_metrics=True
        ),
        observers=list(observers),
        enable_turn_tracking=False,
        enable_rtvi=rtvi is not None,
        rtvi_processor=rtvi,
        rtvi_observer_params=_RTVI if rtvi else None,
        idle_timeout_secs=None,
        cancel_runner_on_idle_timeout=False,
        check_dangling_tasks=False,
    )
