import pytest
from pydantic import ValidationError

from orion.domain.memory import MemoryType
from orion.testing import Conversation
from orion.tools import remember


async def test_the_users_own_words_are_kept_as_a_fact_of_the_session():
    call = Conversation()
    told = await remember.run(remember.Args(content="My dog is called Bello"), call)
    (memory,) = call.memories
    assert told == {
        "id": str(memory.id),
        "content": "My dog is called Bello",
        "spoken": "your dog is called Bello",
    }
    assert (memory.content, memory.type) == ("My dog is called Bello", MemoryType.FACT)
    assert memory.session_id == call.session_id


@pytest.mark.parametrize("content", ["", "x", "x" * 1001])
def test_too_little_and_too_much_is_not_kept(content):
    with pytest.raises(ValidationError):
        remember.Args(content=content)
