"""Register, log in, stay signed in, change the password, log out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from secrets import compare_digest
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from orion.api.access import (
    SIGN_IN_BUDGET,
    CallerDep,
    Parts,
    PartsDep,
    PersonDep,
    StoreDep,
    at_the_machine,
    more_than_join,
)
from orion.api.credentials.log_in import authenticate
from orion.api.credentials.passwords import SHORTEST_PASSWORD, check_password, hash_password
from orion.api.credentials.tokens import digest, new_token
from orion.api.fields import EXAMPLE_ID, EXAMPLE_TIME, Email, Timestamp, example
from orion.api.openapi import fails
from orion.domain.identity import Principal, Role, User
from orion.domain.wire import timestamp
from orion.errors import Conflict, FieldProblem, Invalid, Overloaded, Refused, Unauthenticated
from orion.store.store import Store

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

_REFRESH_DAYS = 30
_LOG_IN = Principal.system("log-in")

Password = Annotated[str, StringConstraints(min_length=SHORTEST_PASSWORD, max_length=256)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=200)]
_TOKEN = "8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs"  # noqa: S105 - of the examples
_PASSWORD = "three grey herons"  # noqa: S105
_PROFILE = {
    "id": EXAMPLE_ID,
    "email": "ada@example.org",
    "name": "Ada",
    "role": "admin",
    "has_password": True,
    "created_at": EXAMPLE_TIME,
}


class Registration(BaseModel):
    """A new account; the password has at least ten characters."""

    model_config = example({"email": "ada@example.org", "password": _PASSWORD, "name": "Ada"}, "forbid")

    email: Email
    password: Password
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    token: Token | None = Field(default=None, description="The token printed at start, for the first user")
    invitation: Token | None = Field(default=None, description="The token of an admin's invitation")


class Credentials(BaseModel):
    """An email address and its password."""

    model_config = example({"email": "ada@example.org", "password": _PASSWORD})

    email: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=254)]
    password: Annotated[str, StringConstraints(max_length=256)]


class PasswordChange(BaseModel):
    """The password as it is, and as it shall be.

    An account that has no password yet (`has_password`) needs no `current_password`, and may give its
    `email` with its first one.
    """

    model_config = example({"current_password": _PASSWORD, "new_password": "five white egrets"}, "forbid")

    current_password: Annotated[str, StringConstraints(max_length=256)] | None = None
    new_password: Password
    email: Email | None = None


class SignInToken(BaseModel):
    """The token of the link that the server prints at start, or `orion users link` at any time."""

    model_config = example({"token": _TOKEN})

    token: Token


class RefreshToken(BaseModel):
    """A refresh token; it is spent by its use."""

    model_config = example({"refresh_token": _TOKEN})

    refresh_token: Token


class Profile(BaseModel):
    """An account as its owner sees it; one that a sign-in link made has no password until it is set."""

    model_config = example(_PROFILE)

    id: UUID
    email: str
    name: str
    role: Role
    has_password: bool
    created_at: Timestamp


class SignedIn(BaseModel):
    """Who is signed in, and the tokens; `expires_in` is the access token's life in seconds."""

    model_config = example(
        {
            "user": _PROFILE,
            "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMTkyIn0.c2lnbmF0dXJl",
            "refresh_token": _TOKEN,
            "token_type": "bearer",
            "expires_in": 900,
        }
    )

    user: Profile
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - RFC 6750's name, no secret
    expires_in: int


@router.post(
    "/register",
    status_code=201,
    response_model=SignedIn,
    dependencies=[SIGN_IN_BUDGET],
    responses=fails(Refused, Conflict, Overloaded),
)
async def register(body: Registration, request: Request, parts: PartsDep) -> Any:
    """Create an account; the first one of an empty server becomes its admin."""
    check_password(body.password, body.email, "/password")
    mode = parts.settings.registration_mode
    async with parts.database.transaction(_LOG_IN) as store:
        first = await store.users.count() == 0
    if first:
        _check_first_user(request, body, parts)
    elif mode == "closed" or (mode == "invite" and body.invitation is None):
        raise Refused("registration is not open on this server; ask its admin for an invitation")
    hashed = await hash_password(body.password)
    async with parts.database.transaction(_LOG_IN) as store:
        invitation = None
        if body.invitation is not None and not first:
            invitation = await store.tokens.spend_invitation(digest(body.invitation), body.email)
            if invitation is None:
                raise Refused("the invitation is used up, has expired, or is for another address")
        user = await store.users.create(
            email=body.email,
            name=body.name or body.email.split("@")[0],
            password_hash=hashed,
            role=invitation.role if invitation else None if first else Role.USER,
            workspace_id=invitation.workspace_id if invitation else None,
        )
        return await _signed_in(parts, store, user, uuid4())


@router.post(
    "/login",
    response_model=SignedIn,
    dependencies=[SIGN_IN_BUDGET],
    responses=fails(Unauthenticated, Overloaded),
)
async def log_in(body: Credentials, parts: PartsDep) -> Any:
    """Exchange email and password for tokens; a wrong email takes as long as a wrong password."""
    user, _ = await authenticate(parts.database, body.email, body.password)
    async with parts.database.transaction(_LOG_IN) as store:
        return await _signed_in(parts, store, user, uuid4())


@router.post(
    "/refresh", response_model=SignedIn, dependencies=[SIGN_IN_BUDGET], responses=fails(Unauthenticated)
)
async def refresh(body: RefreshToken, parts: PartsDep) -> Any:
    """Exchange a refresh token for new tokens, which are of the same sign-in.

    A spent token that comes again within ten seconds (from a second tab, or as the answer was lost) gets
    tokens as well. Later it ends the sign-in: somebody else may have it.
    """
    async with parts.database.transaction(_LOG_IN) as store:
        spent = await store.tokens.spend_refresh(digest(body.refresh_token))
        if spent is not None:
            user = await store.users.get(spent.user_id)
            if not user.disabled:
                return await _signed_in(parts, store, user, spent.family_id)
    raise Unauthenticated("the refresh token is not valid any more; sign in again")


@router.post("/password", status_code=204, responses=fails(Conflict, Overloaded))
async def change_password(body: PasswordChange, caller: PersonDep, parts: PartsDep) -> Response:
    """Change the password, or set the first one. This sign-in goes on, all others of the user end at once.

    API keys stay.
    """
    assert caller.user_id is not None
    async with parts.database.transaction(caller) as store:
        user, before = await store.users.with_password_hash(caller.user_id)
    if user.has_password:
        before = await _checked_current(parts, user, body)
    check_password(body.new_password, body.email or user.email, "/new_password")
    hashed = await hash_password(body.new_password)
    async with parts.database.transaction(_LOG_IN) as store:
        if not user.has_password:
            changed = await store.users.set_first_password(user.id, hashed, body.email)
        else:
            changed = await store.users.set_password_hash(user.id, hashed, before=before)
        if not changed:
            raise Conflict("the password was changed in the meantime; change the one that it has now")
        await store.tokens.revoke_user(user.id, but=caller.sign_in_id)
    return Response(status_code=204)


async def _checked_current(parts: Parts, user: User, body: PasswordChange) -> str:
    """The hash of the password, which the caller knows. Raises Refused, Invalid, Limited, Overloaded."""
    if body.current_password is None:
        detail = "write the password that the account has now"
        raise Invalid(detail, problems=[FieldProblem("/current_password", detail)])
    if body.email is not None:
        detail = "the email is set with the first password only; leave it out"
        raise Invalid(detail, problems=[FieldProblem("/email", detail)])
    try:
        return (await authenticate(parts.database, user.email, body.current_password))[1]
    except Unauthenticated as error:
        raise Refused("the current password is wrong") from error


@router.post("/logout", status_code=204, dependencies=[SIGN_IN_BUDGET])
async def log_out(body: RefreshToken, parts: PartsDep) -> Response:
    """End the sign-in that the refresh token belongs to; an unknown one is no error."""
    async with parts.database.transaction(_LOG_IN) as store:
        await store.tokens.revoke_family(digest(body.refresh_token))
    return Response(status_code=204)


@router.post(
    "/sign-in",
    response_model=SignedIn,
    dependencies=[SIGN_IN_BUDGET],
    responses=fails(Unauthenticated),
)
async def sign_in(body: SignInToken, parts: PartsDep) -> Any:
    """Exchange the token of a sign-in link, once, for tokens: the first admin's, or of whom the link is for.

    If `user.has_password` is false, ask for email and password and set them by `POST /auth/password`.
    """
    async with parts.database.transaction(_LOG_IN) as store:
        spent = await store.tokens.spend_sign_in(digest(body.token))
        if spent is not None:
            users = store.users
            user = await (users.get(spent.user_id) if spent.user_id else users.admin_of_the_link())
            if not user.disabled:
                return await _signed_in(parts, store, user, uuid4())
    raise Unauthenticated(
        "the sign-in link is used up or has expired; get a new one on the server's machine: orion users link"
    )


@router.get("/profile", response_model=Profile, dependencies=[Depends(more_than_join)])
async def profile(caller: CallerDep, store: StoreDep) -> Any:
    """The signed-in user."""
    assert caller.user_id is not None
    return _profile(await store.users.get(caller.user_id))


def _check_first_user(request: Request, body: Registration, parts: Parts) -> None:
    """The first user is whoever sits at the machine, or who knows the token printed at start."""
    if body.token and parts.first_user_token and compare_digest(body.token, parts.first_user_token):
        return
    if not at_the_machine(request):
        raise Refused("the first account can only be made on the machine itself, or with the printed token")


async def _signed_in(parts: Parts, store: Store, user: User, family_id: UUID) -> SignedIn:
    token = new_token()
    expires_at = datetime.now(UTC) + timedelta(days=_REFRESH_DAYS)
    await store.tokens.add_refresh(user.id, family_id, digest(token), expires_at)
    return SignedIn(
        user=_profile(user),
        access_token=parts.tokens.issue(user, family_id),
        refresh_token=token,
        expires_in=parts.tokens.lifetime_secs,
    )


def _profile(user: User) -> Profile:
    return Profile(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        has_password=user.has_password,
        created_at=timestamp(user.created_at) or "",
    )
