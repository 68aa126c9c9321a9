import asyncio

import pytest
from fastapi.testclient import TestClient

from app import faults
from app.api import health
from app.settings import get_settings


async def up() -> None:
    pass


async def refused() -> None:
    raise ConnectionRefusedError("connection refused")


async def silent() -> None:
    await asyncio.sleep(60)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "health_timeout_seconds", 0.05)
    monkeypatch.setattr(health, "CHECKS", {"database": up, "redis": up})


def test_live_asks_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECKS", {"database": refused, "redis": refused})
    assert client.get("/live").json() == {"status": "alive"}


def test_healthy(client: TestClient) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy", "version": "dev", "database": "connected", "redis": "connected"}


@pytest.mark.parametrize(("ask", "state"), [(refused, "disconnected"), (silent, "timeout")])
@pytest.mark.parametrize("down", ["database", "redis"])
def test_unhealthy_says_which_one_is_down(client: TestClient, monkeypatch, down, ask, state) -> None:
    monkeypatch.setitem(health.CHECKS, down, ask)
    answer = client.get("/health")
    assert answer.status_code == 503
    expected = {"status": "unhealthy", "version": "dev", "database": "connected", "redis": "connected"}
    assert answer.json() == expected | {down: state}


def test_a_release_made_to_be_unhealthy_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "FAULT", "health")
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "SAMPLE_FAULT=health: this release was made to be unhealthy"


def test_a_release_made_to_crash_exits_with_a_line(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr(faults, "FAULT", "crash")
    with pytest.raises(SystemExit) as stopped:
        faults.crash_if_asked()
    assert stopped.value.code == 3
    assert capsys.readouterr().err == "SAMPLE_FAULT=crash: this release was made to crash at start\n"
