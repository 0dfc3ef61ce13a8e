from orion.tools import load_all, phrases


def test_every_tool_has_a_description_examples_and_places_that_are_arguments():
    for name, runnable in load_all().items():
        assert len(runnable.tool.description) > 30, name
        assert runnable.tool.examples, name
        properties = runnable.tool.parameters.get("properties", {})
        assert set(runnable.tool.said) <= set(properties), name


def test_the_recogniser_gets_phrases_of_plain_words():
    heard = phrases(runnable.tool for runnable in load_all().values())
    assert {"set a timer for two minutes", "what time is it in tokyo", "goodbye"} <= set(heard)
    assert not [phrase for phrase in heard if "{" in phrase]
