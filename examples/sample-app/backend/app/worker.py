"""The Celery application: its tasks, its beat schedule and the worker's heartbeat."""

import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from celery import Celery, Task, bootsteps
from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from app.db import Sessions
from app.faults import crash_if_asked
from app.models import Item, Tick, Upload
from app.settings import get_settings

LONGEST_TASK_SECONDS = 60
HEARTBEAT_SECONDS = 10
KEEP_TICKS = timedelta(days=1)
RETRY: dict[str, Any] = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}

crash_if_asked()
settings = get_settings()
redis_url = settings.redis_url.get_secret_value()

app = Celery("sample", broker=redis_url, backend=redis_url)
app.loader.override_backends = {"redis": "app.results:PolledRedisBackend"}
app.conf.update(
    # A task is taken off the queue when it is done, not when it starts: a killed worker loses none.
    # So each may run twice, and must be written for that.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=LONGEST_TASK_SECONDS,
    task_time_limit=LONGEST_TASK_SECONDS + 10,
    task_track_started=True,
    result_expires=3600,
    # Reconnects for as long as it takes; a task of a worker that was killed comes back after visibility_timeout,
    # which must exceed the longest task, or that would run twice.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 2 * LONGEST_TASK_SECONDS,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 5,
        "socket_timeout": 5,
        "socket_keepalive": True,
    },
    redis_socket_connect_timeout=5,
    redis_socket_timeout=5,
    # What a request that starts a task waits at most, should Redis be away.
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0.2},
    beat_scheduler="app.beat:HeartbeatScheduler",
    beat_schedule={
        "tick": {"task": "app.worker.tick", "schedule": settings.tick_seconds, "options": {"expires": 60}},
    },
)


@app.task(**RETRY)
def report(seconds: float) -> dict[str, Any]:
    """Counts what the application holds, after it has pretended to work for that long."""
    time.sleep(seconds)
    with Sessions() as session:
        items = session.scalar(select(func.count()).select_from(Item))
        uploads, size = session.execute(select(func.count(), func.coalesce(func.sum(Upload.size), 0))).one()
    return {
        "items": items,
        "uploads": uploads,
        "upload_bytes": int(size),
        "worker": socket.gethostname(),
        "version": settings.app_version,
    }


@app.task(bind=True, ignore_result=True, **RETRY)
def tick(self: Task) -> None:
    """Leaves the trace of one tick, and clears away the old ones."""
    with Sessions.begin() as session:
        session.merge(Tick(id=UUID(self.request.id), version=settings.app_version))
        session.execute(delete(Tick).where(Tick.created_at < datetime.now(UTC) - KEEP_TICKS))


class Heartbeat(bootsteps.StartStopStep):
    """Touches a file while the consumer is connected and its loop turns, so that a probe costs nothing."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, consumer: Any) -> None:
        settings.heartbeat_file.touch()
        self.timer = consumer.timer.call_repeatedly(HEARTBEAT_SECONDS, settings.heartbeat_file.touch)

    def stop(self, consumer: Any) -> None:
        self.timer.cancel()


app.steps["consumer"].add(Heartbeat)
