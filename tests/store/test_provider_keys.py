from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orion.domain.provider_key import ProviderKey
from orion.errors import NotFound, Unavailable
from orion.store.secrets import SecretKeys


def a_key(owner, provider="openai", **values):
    return replace(
        ProviderKey(owner.workspace_id, provider, "v1.a.b", None, datetime.now(UTC)),
        **values,
    )


async def test_what_was_entered_is_read_by_the_workspaces_calls(database, ada, ben):
    key, other = a_key(ada), a_key(ada, "deepgram", sealed_key=None, base_url="https://example.org")
    async with database.transaction(ada) as store:
        await store.provider_keys.put(key)
        await store.provider_keys.put(other)
    async with database.transaction(replace(ben, user_id=None)) as store:
        assert await store.provider_keys.all() == (other, key)
    assert "v1.a.b" not in repr(key)


async def test_a_key_stands_in_place_of_the_one_before_until_it_is_deleted(database, ada):
    new = a_key(ada, sealed_key="v1.a.c", base_url="https://example.org")
    async with database.transaction(ada) as store:
        await store.provider_keys.put(a_key(ada))
        await store.provider_keys.put(new)
        assert await store.provider_keys.all() == (new,)
        await store.provider_keys.delete("openai")
        assert await store.provider_keys.all() == ()
        with pytest.raises(NotFound):
            await store.provider_keys.delete("openai")


async def test_nobody_but_an_admin_deletes_one(database, ada, ben):
    async with database.transaction(ada) as store:
        await store.provider_keys.put(a_key(ada))
    async with database.transaction(ben) as store:
        with pytest.raises(NotFound):
            await store.provider_keys.delete("openai")


async def test_the_fingerprint_of_the_workspace_tells_of_keys(database, ada):
    key = a_key(ada)
    seen = []
    for work in (
        lambda store: store.provider_keys.put(key),
        lambda store: store.provider_keys.put(
            replace(key, updated_at=key.updated_at + timedelta(microseconds=1))
        ),
        lambda store: store.provider_keys.delete("openai"),
    ):
        async with database.transaction(ada) as store:
            await work(store)
            seen.append(await store.tools.fingerprint())
    assert len(set(seen)) == 3


def test_a_sealed_key_opens_for_its_workspace_provider_and_address_alone(ada):
    keys, key = SecretKeys(["k"]), a_key(ada, base_url="https://example.org")
    sealed = keys.seal("sk-secret", key.place)
    assert keys.open(sealed, key.place) == "sk-secret"
    for other in (
        replace(key, base_url="https://elsewhere.example.org"),
        replace(key, provider="anthropic"),
        replace(key, workspace_id=ada.user_id),
    ):
        with pytest.raises(Unavailable):
            keys.open(sealed, other.place)
