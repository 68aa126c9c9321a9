"""Tasks: start one on the worker and read its result; the trace that the beat schedule leaves."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from celery.result import AsyncResult
from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from app.api.session import Session
from app.models import Tick
from app.worker import LONGEST_TASK_SECONDS, app as celery_app, report

router = APIRouter(tags=["tasks"])


class NewTask(BaseModel):
    seconds: float = Field(default=2, ge=0, le=LONGEST_TASK_SECONDS / 2, description="how long it pretends to work")


class TaskOut(BaseModel):
    id: UUID
    status: str
    result: Any = None
    error: str | None = None


class TickOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: str
    created_at: datetime


# Celery's client is synchronous: plain functions, so that FastAPI runs them in its thread pool.
@router.post("/tasks", status_code=status.HTTP_202_ACCEPTED)
def start_task(new: NewTask) -> TaskOut:
    return TaskOut(id=UUID(report.delay(new.seconds).id), status="PENDING")


@router.get("/tasks/{task_id}")
def read_task(task_id: UUID) -> TaskOut:
    """An id that was never given out reads as PENDING too: Celery keeps no list."""
    task = AsyncResult(str(task_id), app=celery_app)
    state, result = task.state, task.result
    if isinstance(result, BaseException):
        return TaskOut(id=task_id, status=state, error=f"{type(result).__name__}: {result}")
    return TaskOut(id=task_id, status=state, result=result if state == "SUCCESS" else None)


@router.get("/ticks")
async def list_ticks(session: Session, limit: Annotated[int, Query(ge=1, le=1000)] = 10) -> list[TickOut]:
    rows = await session.scalars(select(Tick).order_by(Tick.created_at.desc()).limit(limit))
    return [TickOut.model_validate(row) for row in rows]
