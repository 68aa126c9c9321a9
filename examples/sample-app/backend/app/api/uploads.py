"""Uploads: the file on the volume, its name, size and checksum in Postgres."""

import hashlib
from datetime import datetime
from pathlib import Path, PurePath
from typing import BinaryIO
from uuid import UUID, uuid4

from fastapi import APIRouter, HTTPException, UploadFile, status
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from app.api.session import Session
from app.models import Upload
from app.settings import get_settings

CHUNK = 1024 * 1024

router = APIRouter(prefix="/uploads", tags=["uploads"])


class UploadOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    filename: str
    size: int
    sha256: str
    created_at: datetime


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_upload(file: UploadFile, session: Session) -> UploadOut:
    limit = get_settings().max_upload_bytes
    size = file.size or 0
    if size > limit:
        detail = f"A file may have at most {limit} bytes, this one has {size}."
        raise HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, detail)
    upload = Upload(id=uuid4(), filename=PurePath(file.filename or "unnamed").name[-255:], size=size)
    path = path_of(upload.id)
    upload.sha256 = await run_in_threadpool(store, file.file, path)
    session.add(upload)
    try:
        await session.commit()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    await session.refresh(upload)
    return UploadOut.model_validate(upload)


@router.get("")
async def list_uploads(session: Session) -> list[UploadOut]:
    rows = await session.scalars(select(Upload).order_by(Upload.created_at.desc()).limit(50))
    return [UploadOut.model_validate(row) for row in rows]


@router.get("/{upload_id}", response_class=FileResponse)
async def download_upload(upload_id: UUID, session: Session) -> FileResponse:
    upload = await session.get(Upload, upload_id)
    path = path_of(upload_id)
    if upload is None or not path.is_file():
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no upload {upload_id}.")
    # Always a download, never shown: what a user uploaded must not run as a page of this site.
    return FileResponse(path, filename=upload.filename, media_type="application/octet-stream")


def path_of(upload_id: UUID) -> Path:
    return get_settings().uploads_dir / str(upload_id)


def store(source: BinaryIO, path: Path) -> str:
    """Writes beside and renames, so that a reader or a backup never meets half a file; returns the SHA-256."""
    digest = hashlib.sha256()
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()
