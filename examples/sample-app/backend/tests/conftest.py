"""Settings and a database for tests: SQLite in memory behind the same models, no network."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ |= {"DATABASE_URL": "postgresql://app:canary@postgres:5432/app", "REDIS_URL": "redis://:canary@redis:6379/0"}

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker

from app import worker
from app.api.session import get_session
from app.main import app
from app.models import Base
from app.settings import get_settings


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sessionmaker]:
    path = tmp_path / "test.db"
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    sessions = sessionmaker(engine)
    monkeypatch.setattr(worker, "Sessions", sessions)
    async_engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    async_sessions = async_sessionmaker(async_engine, expire_on_commit=False)

    async def session():
        async with async_sessions() as opened:
            yield opened
        await async_engine.dispose()

    app.dependency_overrides[get_session] = session
    yield sessions
    app.dependency_overrides.clear()
    engine.dispose()


@pytest.fixture
def uploads_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr(get_settings(), "uploads_dir", folder)
    return folder


@pytest.fixture
def client() -> TestClient:
    return TestClient(app)
