"""What the services of all vendors share: one set of names for failures, and error texts that quote nothing.

A vendor's own error text may hold what was said, or a key (deepgram-sdk puts the request's headers into
it), and Pipecat logs it. So an error frame tells the vendor and the category; the exception goes along.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from importlib import import_module
from itertools import islice
from threading import Lock
from typing import Any, TypeVar

from pipecat.frames.frames import ErrorFrame
from pipecat.metrics.metrics import LLMTokenUsage
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.llm_service import LLMService
from pipecat.transcriptions.language import Language
from pipecat.utils.errors import (
    ErrorCategory,
    classify_http_exception,
    classify_http_status_code,
    extract_http_status_code,
)

from orion.domain.storable import storable
from orion.errors import ProviderError, ProviderTimeout, StartError
from orion.net.client import UnreachableTarget
from orion.providers._model import Model
from orion.providers._models.catalogue import subtag
from orion.providers._text.faults import FailedAnswer, MalformedAnswer
from orion.providers._usage import tell_beside
from orion.providers._words import WrittenWords

_LIST_SECS = 5.0
_MOST_NAMES = 1000
_LONGEST_NAME = 200

_Told = TypeVar("_Told")

_BY_WORD = {
    "quota": ErrorCategory.QUOTA,
    "billing": ErrorCategory.QUOTA,
    "rate_limit": ErrorCategory.RATE_LIMIT,
    "too_many": ErrorCategory.RATE_LIMIT,
    "overloaded": ErrorCategory.SERVER,
    "server_error": ErrorCategory.SERVER,
    "api_error": ErrorCategory.SERVER,
    "api_key": ErrorCategory.AUTHENTICATION,
    "authentication": ErrorCategory.AUTHENTICATION,
    "unauthorized": ErrorCategory.AUTHENTICATION,
    "permission": ErrorCategory.AUTHORIZATION,
    "invalid_request": ErrorCategory.INVALID_REQUEST,
    "not_found": ErrorCategory.INVALID_REQUEST,
}
"""Words of the codes that vendors send inside a stream, or as the reason of a close."""

_ADVICE = {
    ErrorCategory.AUTHENTICATION: "it does not take the key: make another one there, and enter it whole",
    ErrorCategory.AUTHORIZATION: "it knows the key, which may not do this: give the key the right there",
    ErrorCategory.QUOTA: "the account has no credit left: top it up at the vendor's",
    ErrorCategory.RATE_LIMIT: "it was asked too often just now: try again in a minute",
    ErrorCategory.INVALID_REQUEST: "it does not know what it was asked: look at the address",
    ErrorCategory.CONNECTIVITY: "it cannot be reached: look at the address and the network",
    ErrorCategory.SERVER: "it has a failure of its own: try again later",
}
"""What a vendor says by a failure, in our words, and what to do."""
_NO_CONNECTION = {"APIConnectionError", "TransportError", "ConnectionClosed", "HalfAnswer"}
"""Classes of SDKs that are not imported here: openai and anthropic, httpx and httpx2, websockets."""


async def told(vendor: str, answer: Awaitable[_Told]) -> _Told:
    """What a vendor tells of itself. Raises ProviderTimeout, or ProviderError by the kind of the failure."""
    try:
        async with asyncio.timeout(_LIST_SECS):
            return await answer
    except TimeoutError as error:
        raise ProviderTimeout(f"{vendor} does not answer in time") from error
    except Exception as error:  # each SDK has a tree of its own
        if isinstance(error, UnreachableTarget) or isinstance(error.__cause__, UnreachableTarget):
            raise ProviderError(f"{vendor}: its address may not be reached from here") from error
        raise ProviderError(_advised(vendor, error)) from error


async def asked(service: LLMService[Any], messages: Sequence[Any], **options: Any) -> str | None:
    """What a model says beside a conversation. Raises ProviderError, whatever its vendor's SDK raises."""
    try:
        found: str | None = await service.run_inference(LLMContext(list(messages)), **options)
    except Exception as error:  # each SDK has a tree of its own
        raise ProviderError(type(error).__name__) from error
    return found


def _advised(vendor: str, error: Exception) -> str:
    """A failure as an admin can use it: what it is, the vendor's status if it told one, and what to do."""
    found, status = category(error), extract_http_status_code(error)
    kind = f"{found.value} (HTTP {status})" if status is not None and status >= 400 else found.value
    advice = _ADVICE.get(found, "it answers what nobody expects: is it a server of this protocol?")
    return f"{vendor}: {kind}; {advice}"


async def told_names(
    vendor: str, answer: Awaitable[_Told], read: Callable[[_Told], Iterable[Any]]
) -> list[str]:
    """The names that stand in a vendor's answer, a thousand at most. Raises as `told` does."""

    async def names() -> list[str]:
        found = list(islice(read(await answer), _MOST_NAMES))
        if not all(isinstance(name, str) for name in found):
            raise MalformedAnswer("what should be a name is none")
        return [name for name in found if nameable(name)]

    return await told(vendor, names())


def nameable(name: str) -> bool:
    """Whether what a vendor calls a model or a voice can be kept and shown."""
    return 0 < len(name) <= _LONGEST_NAME and storable(name) == name


_IMPORTING = Lock()


async def imported(*modules: str) -> None:
    """Import what is heavy in a thread, while the calls of the process go on."""
    for name in modules:
        await asyncio.to_thread(_import, name)


def _import(name: str) -> None:
    with _IMPORTING:  # two threads that import what imports each other would see halves of it
        import_module(name)


def language(code: str) -> Language:
    """An agent's language as Pipecat has it: `de`, `pt-BR`, `pt_br`; of `de-LU`, which it lacks, `de`.

    Raises:
        StartError: It has neither.
    """
    known = {one.value.lower(): one for one in Language}
    wanted = code.replace("_", "-").lower()
    if found := known.get(wanted) or known.get(subtag(wanted)):
        return found
    raise StartError(f"the agent's language {code!r} is no code like en or pt-BR")


def told_language(code: str) -> Language | None:
    """The same, or None for `auto`: the vendor detects it. Raises StartError."""
    return None if code == "auto" else language(code)


class Vendor(FrameProcessor):
    """Goes before a Pipecat service among the bases; `orion_vendor` names the vendor in error texts."""

    orion_vendor = "vendor"

    def _classify_error(self, exception: Exception) -> ErrorCategory | None:
        found = category(exception)
        return found if found is not ErrorCategory.UNKNOWN else super()._classify_error(exception)

    async def start_llm_usage_metrics(self, tokens: LLMTokenUsage) -> None:
        """Tell the tokens, of a service that is in no pipeline, too."""
        await super().start_llm_usage_metrics(tokens)
        await tell_beside(self, tokens)

    async def push_error_frame(self, error: ErrorFrame, force_treat_as_permanent: bool = False) -> None:
        """Push the error with its category, and without its text."""
        if error.category is None:
            found = self._classify_error(error.exception) if error.exception else None
            error.category = found or ErrorCategory.UNKNOWN
        error.error = f"{self.orion_vendor}: {error.category.value}"
        if force_treat_as_permanent:
            await super().push_error_frame(error, force_treat_as_permanent=True)
        else:
            await super().push_error_frame(error)


class VendorModel(Vendor, Model):
    """The same for a language model, whose words and calls reach the context as it can be sent again."""


class VendorVoice(Vendor, WrittenWords):
    """The same for text to speech, where words whose sound never came are not taken for spoken."""

    _orion_broken: set[str]

    def orion_break(self, context_id: str) -> None:
        """The sound of a context broke off: the rest of its words was not heard."""
        if not hasattr(self, "_orion_broken"):
            self._orion_broken = set()
        self._orion_broken.add(context_id)

    async def _apply_force_complete(self, context_id: str) -> None:
        """Pipecat tells the words for which no time came as spoken at the end; here only if they were."""
        if context_id not in getattr(self, "_orion_broken", ()):
            await super()._apply_force_complete(context_id)
            return
        self._orion_broken.discard(context_id)
        self._aggregated_frame_sequencer.clear(keep_contexts=set(self.get_audio_contexts()) - {context_id})


def category(exception: Exception) -> ErrorCategory:
    """What a vendor's failure is: by the code it sends, the HTTP status, or the kind of exception.

    What could not be written in UTF-8 was never sent: the vendor has not failed.
    """
    if isinstance(exception, UnicodeEncodeError):
        return ErrorCategory.INVALID_REQUEST
    status = extract_http_status_code(exception)
    coded = _coded(exception)
    if coded and (status in {None, 200} or (status == 429 and coded is ErrorCategory.QUOTA)):
        return coded
    if status is not None and status >= 400:
        return classify_http_status_code(status)
    if isinstance(exception, MalformedAnswer | FailedAnswer):
        return ErrorCategory.SERVER
    if {kind.__name__ for kind in type(exception).__mro__} & _NO_CONNECTION:
        return ErrorCategory.CONNECTIVITY
    return classify_http_exception(exception)


def _coded(exception: Exception) -> ErrorCategory | None:
    """The category of the code in the body of an error, or in the reason with which a socket was closed."""
    body: Any = getattr(exception, "body", None)
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    words = [body.get("code"), body.get("type")] if isinstance(body, dict) else []
    for word in words:
        told = str(word or "").lower().replace(" ", "_")
        if told.isdecimal() and 400 <= int(told) < 600:  # as OpenRouter tells it in a stream
            return classify_http_status_code(int(told))
    words.append(getattr(getattr(exception, "rcvd", None), "reason", None))
    for word in words:
        told = str(word or "").lower().replace(" ", "_")
        for part, found in _BY_WORD.items():
            if part in told:
                return found
    return None
