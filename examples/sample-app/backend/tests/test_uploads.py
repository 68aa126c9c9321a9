import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from app.settings import get_settings

pytestmark = pytest.mark.usefixtures("database")
CONTENT = b"\x00picture" * 300_000  # more than what is kept in memory while it arrives


def test_an_upload_comes_back_as_it_was(client: TestClient, uploads_dir: Path) -> None:
    upload = client.post("/uploads", files={"file": ("photo.jpg", CONTENT)}).json()
    assert (upload["filename"], upload["size"]) == ("photo.jpg", len(CONTENT))
    assert upload["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert [path.name for path in uploads_dir.iterdir()] == [upload["id"]]
    assert client.get("/uploads").json() == [upload]
    answer = client.get(f"/uploads/{upload['id']}")
    assert answer.content == CONTENT
    assert answer.headers["content-disposition"] == 'attachment; filename="photo.jpg"'
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_name_with_a_path_stays_in_the_folder(client: TestClient, uploads_dir: Path) -> None:
    upload = client.post("/uploads", files={"file": ("../../etc/passwd", b"x")}).json()
    assert upload["filename"] == "passwd"
    assert [path.name for path in uploads_dir.iterdir()] == [upload["id"]]


def test_too_large_a_file_is_refused_and_leaves_nothing(client, uploads_dir, monkeypatch) -> None:
    monkeypatch.setattr(get_settings(), "max_upload_bytes", 10)
    answer = client.post("/uploads", files={"file": ("big", b"x" * 11)})
    assert answer.status_code == 413
    assert answer.json() == {"detail": "A file may have at most 10 bytes, this one has 11."}
    assert list(uploads_dir.iterdir()) == []


def test_an_upload_that_is_not_there(client: TestClient, uploads_dir: Path) -> None:
    missing = uuid4()
    answer = client.get(f"/uploads/{missing}")
    assert (answer.status_code, answer.json()) == (404, {"detail": f"There is no upload {missing}."})
