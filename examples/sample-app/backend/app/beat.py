"""The beat scheduler with a heartbeat: the file's age tells a probe whether the schedule still turns."""

from typing import Any

from celery.beat import PersistentScheduler

from app.settings import get_settings


class HeartbeatScheduler(PersistentScheduler):
    def tick(self, *args: Any, **kwargs: Any) -> float:
        delay = super().tick(*args, **kwargs)
        get_settings().heartbeat_file.touch()
        return delay
