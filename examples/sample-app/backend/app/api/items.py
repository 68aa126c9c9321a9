"""Items: rows in Postgres."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, status
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.api.session import Session
from app.models import Item

router = APIRouter(prefix="/items", tags=["items"])


class NewItem(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    created_at: datetime


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_item(new: NewItem, session: Session) -> ItemOut:
    item = Item(name=new.name)
    session.add(item)
    try:
        await session.commit()
    except IntegrityError as error:
        raise HTTPException(status.HTTP_409_CONFLICT, f"An item named {new.name!r} exists already.") from error
    await session.refresh(item)
    return ItemOut.model_validate(item)


@router.get("")
async def list_items(
    session: Session, limit: Annotated[int, Query(ge=1, le=1000)] = 50, offset: Annotated[int, Query(ge=0)] = 0
) -> list[ItemOut]:
    rows = await session.scalars(select(Item).order_by(Item.id.desc()).limit(limit).offset(offset))
    return [ItemOut.model_validate(row) for row in rows]
