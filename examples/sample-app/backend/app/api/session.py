"""The API's pool of connections to Postgres, and a session for each request."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from app.db import CONNECT_ARGS
from app.settings import get_settings

# pool_pre_ping replaces connections that a restart of Postgres has closed, before a request sees them.
engine = create_async_engine(
    get_settings().sqlalchemy_url, pool_pre_ping=True, pool_timeout=5, connect_args=CONNECT_ARGS
)
Sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    async with Sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]
