from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from kombu.exceptions import OperationalError
from sqlalchemy import select

from app.api import tasks
from app.beat import HeartbeatScheduler
from app.models import Item, Tick
from app.results import PolledRedisBackend
from app.settings import get_settings
from app.worker import LONGEST_TASK_SECONDS, app as celery_app, report, tick


def test_a_task_is_started_with_what_was_asked(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    task_id = uuid4()
    monkeypatch.setattr(report, "delay", lambda seconds: started.append(seconds) or SimpleNamespace(id=str(task_id)))
    answer = client.post("/tasks", json={"seconds": 0.5})
    assert (answer.status_code, answer.json()) == (
        202,
        {"id": str(task_id), "status": "PENDING", "result": None, "error": None},
    )
    assert started == [0.5]
    assert client.post("/tasks", json={"seconds": LONGEST_TASK_SECONDS}).status_code == 422


def test_without_the_queue_a_task_is_refused_for_now(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: float) -> None:
        raise OperationalError("redis://:canary@redis")

    monkeypatch.setattr(report, "delay", fail)
    answer = client.post("/tasks", json={})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("state", "result", "expected"),
    [
        ("PENDING", None, {"result": None, "error": None}),
        ("STARTED", {"pid": 7}, {"result": None, "error": None}),
        ("SUCCESS", {"items": 1}, {"result": {"items": 1}, "error": None}),
        ("FAILURE", ValueError("no"), {"result": None, "error": "ValueError: no"}),
    ],
)
def test_a_task_reads_as_celery_keeps_it(client: TestClient, monkeypatch, state, result, expected) -> None:
    task_id = uuid4()
    monkeypatch.setattr(tasks, "AsyncResult", lambda *_, **__: SimpleNamespace(state=state, result=result))
    assert client.get(f"/tasks/{task_id}").json() == {"id": str(task_id), "status": state} | expected


def test_report_counts_what_there_is(database) -> None:
    with database.begin() as session:
        session.add(Item(name="one"))
    result = report.apply(args=[0]).get()
    assert result | {"worker": "-"} == {"items": 1, "uploads": 0, "upload_bytes": 0, "worker": "-", "version": "dev"}


def test_a_tick_that_is_delivered_twice_leaves_one_row(database, client: TestClient) -> None:
    task_id = str(uuid4())
    for _ in range(2):
        assert tick.apply(task_id=task_id).successful()
    assert [row["id"] for row in client.get("/ticks").json()] == [task_id]


def test_ticks_of_yesterday_are_cleared_away(database) -> None:
    with database.begin() as session:
        session.add(Tick(id=uuid4(), version="old", created_at=datetime.now(UTC) - timedelta(days=2)))
    tick.apply(task_id=str(uuid4()))
    with database() as session:
        assert session.scalars(select(Tick.version)).all() == ["dev"]


def test_starting_a_task_does_not_subscribe_to_its_result() -> None:
    assert isinstance(celery_app.backend, PolledRedisBackend)


def test_what_celery_reports_about_itself_hides_the_passwords() -> None:
    assert "canary" not in celery_app.bugreport()


def test_no_task_is_lost_with_its_worker() -> None:
    conf = celery_app.conf
    assert conf.task_acks_late and conf.task_reject_on_worker_lost
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit


def test_every_tick_of_the_scheduler_touches_the_heartbeat(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat = tmp_path / "heartbeat"
    monkeypatch.setattr(get_settings(), "heartbeat_file", heartbeat)
    monkeypatch.setattr("celery.beat.PersistentScheduler.tick", lambda *_: 1.0)
    assert HeartbeatScheduler.tick(object.__new__(HeartbeatScheduler)) == 1.0
    assert heartbeat.exists()
