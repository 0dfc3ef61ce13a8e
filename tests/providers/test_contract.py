"""What every entry of the folder of engines must be, built in or of a project."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from pipecat.services.llm_service import LLMService
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transcriptions.language import Language

from orion import providers, registry
from orion.domain.agent import Agent
from orion.errors import NotFound, StartError, Unavailable
from orion.providers._vendor import language
from orion.settings import ProviderSettings

NAMES = registry.names("providers")
SERVICES = {"stt": STTService, "llm": LLMService, "tts": TTSService, "speech": providers.SpeechModel}
AGENT = Agent("test", "")
ACME = '''"""A project's own engine."""

from orion.providers import offline

RANK = 99


def available(settings, kind):
    return None if settings.provider("acme").key else "set ACME_API_KEY"


def llm(settings, agent):
    return offline.llm(settings, agent)
'''


@pytest.fixture
def project(settings, tmp_path):
    """Settings with a project, and a way to drop a provider into it."""

    def drop(text: str, name: str = "acme"):
        (tmp_path / "providers").mkdir(exist_ok=True)
        (tmp_path / "providers" / f"{name}.py").write_text(text)
        return settings.changed(project=tmp_path)

    return drop


def kinds(name: str, settings) -> list[str]:
    return [kind for kind in providers.PARTS if providers.offers(providers.module(settings, name), kind)]


def test_the_engines_that_the_public_interface_names_are_there():
    assert {"pocketsphinx", "espeak", "flite", "offline", "scripted"} <= set(NAMES)
    assert {"openai", "anthropic", "deepgram", "elevenlabs", "ollama"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_it_is_and_offers_a_kind(settings, name):
    loaded = providers.module(settings, name)
    assert loaded.__doc__
    assert kinds(name, settings) or hasattr(loaded, "embed")
    for kind in kinds(name, settings):
        taken = [name.lstrip("_") for name in inspect.signature(getattr(loaded, kind)).parameters]
        assert taken == ["settings", "agent"]
        assert inspect.getdoc(getattr(loaded, kind))


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_tells_what_is_missing_in_words_or_serves_each_of_its_kinds(settings, name):
    loaded = providers.module(settings, name)
    for kind in kinds(name, settings):
        lack = loaded.available(settings, kind) if hasattr(loaded, "available") else None
        if lack is None:
            assert isinstance(getattr(loaded, kind)(settings, AGENT), SERVICES[kind])
        else:
            assert len(lack) > 10


@pytest.mark.parametrize("name", NAMES)
def test_with_a_key_an_entry_makes_a_service_of_each_of_its_kinds(settings, name):
    keyed = settings.changed(providers={name.upper(): ProviderSettings("k", "http://127.0.0.1:9/v1")})
    loaded = providers.module(settings, name)
    for kind in kinds(name, settings):
        if not hasattr(loaded, "available") or loaded.available(keyed, kind) is None:
            assert isinstance(getattr(loaded, kind)(keyed, AGENT), SERVICES[kind])


@pytest.mark.parametrize("name", NAMES)
def test_what_all_calls_share_is_started_and_stopped_by_coroutines(settings, name):
    loaded = providers.module(settings, name)
    for part in ("start", "stop", "expect"):
        assert not hasattr(loaded, part) or inspect.iscoroutinefunction(getattr(loaded, part))
    assert isinstance(getattr(loaded, "RANK", 0), int)


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_imports_no_vendors_sdk_at_its_top(name):
    folder = Path(providers.__file__).parent
    path = folder / f"{name}.py" if (folder / f"{name}.py").is_file() else folder / name / "__init__.py"
    vendors = {"pocketsphinx", "espeakng_loader", "openai", "anthropic", "deepgram", "elevenlabs"}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or node.names[0].name]
            assert not vendors & {imported.split(".")[0] for imported in names}


@pytest.mark.parametrize("kind", providers.KINDS)
def test_without_settings_an_embedded_engine_serves(settings, kind):
    choice = providers.choose(settings, kind)
    assert choice.provider in NAMES, choice.reason
    assert "best that is available" in choice.reason


def test_a_file_that_is_dropped_into_a_project_is_found_and_serves(project):
    settings = project(ACME).changed(providers={"ACME": ProviderSettings(key="k")})
    assert providers.choose(settings, "llm").provider == "acme"
    assert providers.choose(settings, "stt").provider == providers.choose(project(ACME), "stt").provider
    assert isinstance(providers.llm(settings, AGENT), LLMService)


def test_one_without_its_key_is_passed_over_and_the_reason_is_told(project):
    settings = project(ACME)
    assert providers.choose(settings, "llm").provider == "offline"
    named = providers.choose(settings.changed(llm=("acme",)), "llm")
    assert (named.provider, named.reason) == (None, "acme: set ACME_API_KEY")
    with pytest.raises(Unavailable, match=r"agent 'test' has no language model: .*set ACME_API_KEY"):
        providers.llm(settings.changed(llm=("acme",)), AGENT)


def test_the_order_in_the_settings_is_the_order_of_fail_over(project):
    settings = project(ACME).changed(llm=("acme", "scripted", "offline"))
    assert providers.choose(settings, "llm").provider == "scripted"


def test_a_model_behind_the_name_leaves_the_choice_as_it_is(settings):
    named = settings.changed(llm=("openai/gpt-4.1", "scripted/any/model"))
    assert providers.choose(named, "llm").provider == "scripted"
    agent = Agent("a", "", llm="openai/own")
    assert providers.model_for(named, AGENT, "llm", "scripted") == "any/model"
    assert providers.model_for(named, agent, "llm", "openai") == "own"
    assert providers.model_for(named, agent, "stt", "openai") is None


def test_an_agents_own_engine_wins_over_the_settings(settings):
    made = providers.llm(settings.changed(llm=("offline",)), Agent("a", "", llm="scripted"))
    assert type(made).__name__ == "ScriptedLLMService"


def test_a_kind_that_a_provider_does_not_offer_is_told(settings):
    assert "has no tts" in providers.choose(settings.changed(tts=("offline",)), "tts").reason


def test_an_unknown_provider_is_told_with_those_that_there_are(settings):
    with pytest.raises(NotFound, match="pocketsphinx"):
        providers.choose(settings.changed(stt=("nonsense",)), "stt")


def test_a_projects_file_wins_over_the_built_in_one(project):
    settings = project('"""Mine."""\nRANK = 50\nMINE = True\ndef llm(settings, agent): ...\n', "offline")
    assert providers.module(settings, "offline").MINE


def test_a_broken_file_of_a_project_is_told_by_its_path(project):
    settings = project("import nothing_like_this\n", "broken_acme")
    with pytest.raises(StartError, match=r"broken_acme\.py"):
        providers.choose(settings, "llm")


def named(choices):
    return [choice.provider for choice in choices]


def test_an_order_holds_all_that_are_available_and_the_offline_agent_behind_all_models(project):
    settings = project(ACME).changed(llm=("acme", "scripted"))
    assert named(providers.order(settings, "llm")) == ["scripted"]
    keyed = settings.changed(providers={"ACME": ProviderSettings(key="k")})
    assert named(providers.order(keyed, "llm")) == ["acme", "scripted", "offline"]


def test_auto_in_an_order_stands_for_what_was_configured_and_one_embedded_engine(project):
    settings = project(ACME).changed(providers={"ACME": ProviderSettings(key="k")})
    assert named(providers.order(settings, "llm")) == ["acme", "offline"]
    assert named(providers.order(settings.changed(llm=("scripted", "auto")), "llm"))[0] == "scripted"
    assert all(len(providers.order(project(""), kind)) == 1 for kind in providers.KINDS)


def test_an_agent_may_have_an_order_of_its_own(settings):
    made = providers.llms(settings, Agent("a", "", llm="scripted, offline"))
    assert [candidate.provider for candidate in made] == ["scripted", "offline"]


def test_where_none_is_available_the_reason_is_told(project):
    with pytest.raises(StartError, match="set ACME_API_KEY"):
        providers.order(project(ACME).changed(llm=("acme",)), "llm")


def test_an_agents_speech_model_is_made_or_it_is_told_why_not(settings):
    keyed = settings.changed(providers={"OPENAI": ProviderSettings("k", "http://127.0.0.1:9/v1")})
    named = Agent("a", "", speech="openai/gpt-realtime-mini")
    assert providers.speech(keyed, named).provider == "openai"
    assert providers.model_for(keyed, named, "speech", "openai") == "gpt-realtime-mini"
    with pytest.raises(StartError, match="set OPENAI_API_KEY"):
        providers.speech(settings, named)
    with pytest.raises(StartError, match="anthropic: has no speech"):
        providers.speech(keyed, Agent("a", "", speech="anthropic"))


def test_an_engine_that_cannot_serve_an_agent_is_left_out_and_alone_it_says_why(project):
    picky = ACME.replace("return offline.llm(settings, agent)", 'raise StartError("no Frisian")')
    settings = project(picky.replace("RANK", "from orion.errors import StartError\n\nRANK"), "picky_acme")
    keyed = settings.changed(providers={"ACME": ProviderSettings(key="k")})
    assert named(providers.llms(keyed.changed(llm=("picky_acme", "scripted")), AGENT)) == [
        "scripted",
        "offline",
    ]
    with pytest.raises(Unavailable, match="no Frisian"):
        providers.llms(keyed.changed(llm=("picky_acme",)), AGENT)


@pytest.mark.parametrize(("code", "known"), [("de-LU", "de"), ("zh-Hans", "zh"), ("pt_br", "pt-BR")])
def test_a_language_that_pipecat_lacks_is_its_primary_one(code, known):
    assert language(code) == Language(known)


def test_an_order_may_name_several_models_of_one_provider(settings):
    from orion.settings import ProviderSettings

    keyed = settings.changed(providers={"OPENAI": ProviderSettings("key")})
    both = "openai/gpt-4.1,openai/gpt-4.1-mini,openai/gpt-4.1,openai"
    for made in (
        providers.llms(keyed.changed(llm=tuple(both.split(","))), Agent("a", "")),
        providers.llms(keyed, Agent("a", "", llm=both)),
    ):
        assert [(one.provider, one.model) for one in made] == [
            ("openai", "gpt-4.1"),
            ("openai", "gpt-4.1-mini"),
            ("offline", "offline"),
        ]


def test_a_provider_without_a_model_is_the_one_that_the_settings_name(settings):
    from orion.settings import ProviderSettings

    keyed = settings.changed(providers={"OPENAI": ProviderSettings("key")}, llm=("openai/gpt-4.1-mini",))
    (made,) = providers.llms(keyed, Agent("a", "", llm="openai"))
    assert made.model == "gpt-4.1-mini"
