"""The result store in Redis, for results that are asked for by id."""

from typing import Any

from celery.backends.redis import RedisBackend


class PolledRedisBackend(RedisBackend):
    """Starting a task subscribes to its result by default: two minutes of waiting in the request while Redis hangs."""

    def on_task_call(self, producer: Any, task_id: str) -> None:
        pass
