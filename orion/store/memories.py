"""What is kept about a user, and how it is found again: by words, and by meaning where there are vectors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, and_, cast, delete, func, insert, not_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from orion.domain.facts import with_forms
from orion.domain.identity import Principal
from orion.domain.memory import USER_TURNS, Memory, MemoryType
from orion.errors import NotFound
from orion.store.pages import after
from orion.store.tables import memories, memory_vectors

_HAS_PGVECTOR = text("select to_regtype('vector') is not null")
_NEAREST = text(
    """
    select m.* from orion.memory_vectors v join orion.memories m on m.id = v.memory_id
    where v.user_id = :user_id and v.model = :model and cardinality(v.embedding) = :dimensions
        and (:notes or not (m.type = 'summary' and jsonb_exists(m.metadata, :counted)))
    order by cast(v.embedding as vector) <=> cast(cast(:embedding as real[]) as vector), m.id desc
    limit :limit
    """
)

_ADD = insert(memories)


class Memories:
    """Rows of `memories` and `memory_vectors`: nobody sees them but the user they are about."""

    def __init__(self, connection: AsyncConnection, principal: Principal) -> None:
        self._connection = connection
        self._principal = principal

    async def add(self, memory: Memory) -> Memory:
        """Keep something about the principal."""
        values = {
            "id": memory.id,
            "workspace_id": self._principal.workspace_id,
            "user_id": memory.user_id,
            "session_id": memory.session_id,
            "type": memory.type.value,
            "content": memory.content,
            "metadata": memory.metadata,
            "created_at": memory.created_at,
        }
        await self._connection.execute(_ADD, values)
        return memory

    async def add_vectors(self, model: str, vectors: Mapping[UUID, Sequence[float]]) -> None:
        """Keep the embeddings of memories by `model`; those of forgotten memories are dropped."""
        for memory_id, embedding in vectors.items():
            owner = [memories.c.id, memories.c.workspace_id, memories.c.user_id]
            columns = [cast(model, Text), cast(list(embedding), memory_vectors.c.embedding.type)]
            chosen = select(*owner, *columns).where(memories.c.id == memory_id)
            names = ["memory_id", "workspace_id", "user_id", "model", "embedding"]
            statement = upsert(memory_vectors).from_select(names, chosen)
            changed = {name: statement.excluded[name] for name in ("model", "embedding")}
            await self._connection.execute(
                statement.on_conflict_do_update(index_elements=["memory_id"], set_=changed)
            )

    async def without_vector(self, model: str, limit: int = 100) -> list[Memory]:
        """Memories that have no embedding by `model` yet, newest first."""
        known = select(memory_vectors.c.memory_id).where(memory_vectors.c.model == model)
        wanted = select(memories).where(memories.c.id.not_in(known))
        return await self._read(wanted.order_by(memories.c.id.desc()).limit(limit))

    async def search(
        self, query: str, *, limit: int = 5, session_id: UUID | None = None, notes: bool = True
    ) -> list[Memory]:
        """What fits the query, best first: all of its words if anything has them, else any of them."""
        found = await self.with_all_words(query, limit=limit, session_id=session_id, notes=notes)
        return found or await self.with_any_word(query, limit=limit, session_id=session_id, notes=notes)

    async def with_all_words(
        self, query: str, *, limit: int, session_id: UUID | None = None, notes: bool = True
    ) -> list[Memory]:
        """What has all words of the query, best first.

        PostgreSQL full text search (12.3): English stems, stop words left out. Of irregular verbs the other
        forms count among any of them.
        """
        strict = func.websearch_to_tsquery("english", query)
        return await self._matching(strict, limit, session_id, notes=notes)

    async def with_any_word(
        self, query: str, *, limit: int, session_id: UUID | None = None, notes: bool = True
    ) -> list[Memory]:
        """What has a word of the query, best first."""
        # `&` to `|` on the parsed query keeps it well formed, whatever the user wrote.
        loose = cast(
            func.replace(cast(func.plainto_tsquery("english", with_forms(query)), Text), "&", "|"), TSQUERY
        )
        return await self._matching(loose, limit, session_id, notes=notes)

    async def nearest(
        self, model: str, embedding: Sequence[float], *, limit: int = 5, notes: bool = True
    ) -> list[Memory]:
        """The memories whose embeddings are nearest by cosine; none where pgvector is missing."""
        if not await self.has_vectors():
            return []
        values = {
            "user_id": self._principal.user_id,
            "model": model,
            "dimensions": len(embedding),
            "embedding": list(embedding),
            "limit": limit,
            "notes": notes,
            "counted": USER_TURNS,
        }
        return [_memory(row) for row in await self._connection.execute(_NEAREST, values)]

    async def has_vectors(self) -> bool:
        """Whether the database can search by meaning: it has pgvector."""
        return bool((await self._connection.execute(_HAS_PGVECTOR)).scalar_one())

    async def newest(
        self,
        *,
        limit: int = 50,
        kinds: Iterable[MemoryType] = (),
        session_id: UUID | None = None,
        cursor: str | None = None,
        notes: bool = True,
    ) -> list[Memory]:
        """The newest memories first; of these types (none named: of all), of one session or of all.

        Without `notes` those of conversations are left out.

        Raises:
            Invalid: The cursor is no memory's id.
        """
        wanted = _of_session(select(memories).order_by(memories.c.id.desc()).limit(limit), session_id)
        if names := [kind.value for kind in kinds]:
            wanted = wanted.where(memories.c.type.in_(names))
        if not notes:
            wanted = wanted.where(not_(_are_notes()))
        if cursor is not None:
            wanted = wanted.where(memories.c.id < after(cursor))
        return await self._read(wanted)

    async def notes_of(self, session_id: UUID) -> Memory | None:
        """The notes of a conversation: what stands for its first turns, `user_turns` of them."""
        found = await self._read(select(memories).where(*_notes(session_id)).order_by(memories.c.id.desc()))
        return found[0] if found else None

    async def keep_notes(self, notes: Memory) -> None:
        """Keep the notes of a conversation in the place of those before."""
        assert notes.session_id is not None
        await self._connection.execute(delete(memories).where(*_notes(notes.session_id)))
        await self.add(notes)

    async def delete(self, memory_id: UUID) -> None:
        """Forget one thing. Raises NotFound where there is none."""
        gone = await self._connection.execute(delete(memories).where(memories.c.id == memory_id))
        if gone.rowcount == 0:
            raise NotFound("no such memory")

    async def erase(self, memory_ids: Collection[UUID]) -> None:
        """Forget these, as far as they are there; their vectors refer to them with ON DELETE CASCADE."""
        if memory_ids:
            await self._connection.execute(delete(memories).where(memories.c.id.in_(memory_ids)))

    async def erase_all(self) -> int:
        """Forget everything about the principal; how many there were."""
        own = memories.c.user_id == self._principal.user_id
        return (await self._connection.execute(delete(memories).where(own))).rowcount

    async def _matching(
        self, query: ColumnElement[Any], limit: int, session_id: UUID | None, *, notes: bool
    ) -> list[Memory]:
        rank = func.ts_rank(memories.c.words, query)
        wanted = _of_session(select(memories).where(memories.c.words.op("@@")(query)), session_id)
        if not notes:
            wanted = wanted.where(not_(_are_notes()))
        return await self._read(wanted.order_by(rank.desc(), memories.c.id.desc()).limit(limit))

    async def _read(self, wanted: Select[Any]) -> list[Memory]:
        return [_memory(row) for row in await self._connection.execute(wanted)]


def _of_session(wanted: Select[Any], session_id: UUID | None) -> Select[Any]:
    return wanted if session_id is None else wanted.where(memories.c.session_id == session_id)


def _notes(session_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return memories.c.session_id == session_id, _are_notes()


def _are_notes() -> ColumnElement[bool]:
    summary = memories.c.type == MemoryType.SUMMARY.value
    return and_(summary, memories.c["metadata"].has_key(USER_TURNS))


def _memory(row: Row[Any]) -> Memory:
    return Memory(
        id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        type=MemoryType(row.type),
        content=row.content,
        created_at=row.created_at,
        metadata=row._mapping["metadata"],  # noqa: SLF001 - SQLAlchemy's public name for it
    )
