"""The API."""

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, status
from fastapi.responses import JSONResponse
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError as DatabaseError, TimeoutError as PoolError

from app import migrate
from app.api import health, items, tasks, uploads
from app.api.session import engine
from app.faults import crash_if_asked
from app.settings import get_settings

crash_if_asked()
settings = get_settings()
logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s:     %(name)s: %(message)s")
logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    # Larger uploads are spooled to disk while they arrive: on the volume, not on the small tmpfs of /tmp.
    tempfile.tempdir = str(settings.uploads_dir)
    if settings.migrate_on_start:
        await asyncio.to_thread(migrate.upgrade)
    yield
    await engine.dispose()
    await health.redis.aclose()


app = FastAPI(title="Sample application", version=settings.app_version, root_path=settings.root_path, lifespan=lifespan)
for module in (health, items, uploads, tasks):
    app.include_router(module.router)


@app.exception_handler(BrokerError)
@app.exception_handler(RedisError)
@app.exception_handler(DatabaseError)
@app.exception_handler(PoolError)
async def unavailable(_: Request, error: Exception) -> JSONResponse:
    """Postgres or Redis is away: the client is told to try again, the log says why."""
    logger.warning("%s: %s", type(error).__name__, str(error).partition("\n")[0])
    return JSONResponse(
        {"detail": "The database or the queue cannot be reached at the moment. Try again."},
        status.HTTP_503_SERVICE_UNAVAILABLE,
        headers={"Retry-After": "2"},
    )


class QuietProbes(logging.Filter):
    """Keeps the successful probes, several a second during a release, out of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (isinstance(record.args, tuple) and record.args[2] in ("/live", "/health") and record.args[4] == 200)


logging.getLogger("uvicorn.access").addFilter(QuietProbes())
