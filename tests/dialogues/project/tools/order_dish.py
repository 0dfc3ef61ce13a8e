"""Orders food or drink from the kitchen to the guest's room."""

from __future__ import annotations

import os
from typing import Any, Literal

import httpx
from pydantic import BaseModel, Field

from orion.domain.tool import Risk, ToolContext

EXAMPLES = (
    "order a {dish}",
    "order {quantity} {dish}",
    "bring me a {dish}",
    "i would like to have a {dish}",
    "can i get a {dish} from the kitchen",
    "order something to eat from the kitchen",
)
SAID = {
    "dish": ["soup", "salad", "fish", "burger", "pizza", "cake", "coffee", "tea"],
    "quantity": ["one", "two", "three", "four"],
}
SAY = "The kitchen is bringing you {quantity} {dish}."
SIDE_EFFECTS = True
RISK = Risk.WRITE
IDEMPOTENT = True


class Args(BaseModel):
    """What, and how many."""

    dish: Literal["soup", "salad", "fish", "burger", "pizza", "cake", "coffee", "tea"] = Field(
        json_schema_extra={"x-ask": "What would you like to have?"}
    )
    quantity: int = Field(default=1, ge=1, le=20)


async def run(args: Args, call: ToolContext) -> dict[str, Any]:
    """What was ordered."""
    async with httpx.AsyncClient(base_url=os.environ["HOUSE_URL"]) as house:
        done = {"dish": args.dish, "quantity": args.quantity}
        headers = {"Idempotency-Key": call.call_id, "X-Session": str(call.session_id)}
        (await house.post("/order_dish", json=done, headers=headers)).raise_for_status()
    return done
