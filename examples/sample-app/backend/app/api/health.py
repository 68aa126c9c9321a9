"""Liveness and readiness: is this process able to serve, and are Postgres and Redis there."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Response, status
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from sqlalchemy import text

from app.api.session import engine
from app.faults import health_fault
from app.settings import get_settings

logger = logging.getLogger(__name__)
router = APIRouter(tags=["health"])

# One immediate retry replaces a connection that a restart of Redis has closed.
redis = Redis.from_url(get_settings().redis_url.get_secret_value(), retry=Retry(NoBackoff(), 1), socket_keepalive=True)


async def ask_database() -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def ask_redis() -> None:
    await redis.ping()


CHECKS: dict[str, Callable[[], Awaitable[Any]]] = {"database": ask_database, "redis": ask_redis}


@router.get("/live")
async def live() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/health")
async def health(response: Response) -> dict[str, str]:
    settings = get_settings()
    states = await ask_all(within=settings.health_timeout_seconds)
    fault = health_fault()
    healthy = fault is None and all(state == "connected" for state in states.values())
    if not healthy:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    answer = {"status": "healthy" if healthy else "unhealthy", "version": settings.app_version, **states}
    return answer | {"reason": fault} if fault else answer


async def ask_all(within: float) -> dict[str, str]:
    """Asks every dependency at the same time; those that have not answered in time are left behind, not waited for."""
    tasks = {name: asyncio.ensure_future(ask()) for name, ask in CHECKS.items()}
    await asyncio.wait(tasks.values(), timeout=within)
    return {name: state_of(name, task, within) for name, task in tasks.items()}


def state_of(name: str, task: "asyncio.Future[Any]", within: float) -> str:
    if not task.done():
        task.cancel()
        logger.warning("%s: no answer within %g s", name, within)
        return "timeout"
    if error := task.exception():
        logger.warning("%s: %s: %s", name, type(error).__name__, str(error).partition("\n")[0])
        return "disconnected"
    return "connected"
