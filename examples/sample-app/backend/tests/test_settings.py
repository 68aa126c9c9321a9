from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings

SECRETS = {"database_url": "postgresql://app:canary@postgres:5432/app\n", "redis_url": "redis://:canary@redis:6379/0\n"}


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in SECRETS.items():
        monkeypatch.delenv(name.upper())
        (tmp_path / name).write_text(value)
    return tmp_path


def test_secrets_come_from_files_without_their_newline(secrets: Path) -> None:
    settings = Settings(_secrets_dir=secrets)
    assert settings.redis_url.get_secret_value() == "redis://:canary@redis:6379/0"
    assert settings.sqlalchemy_url.drivername == "postgresql+psycopg"
    assert settings.sqlalchemy_url.password == "canary"


def test_no_secret_shows_when_settings_are_printed(secrets: Path) -> None:
    settings = Settings(_secrets_dir=secrets)
    assert "canary" not in f"{settings!r} {settings} {settings.sqlalchemy_url}"


def test_the_error_for_a_missing_secret_names_it_and_shows_no_other(secrets: Path) -> None:
    (secrets / "redis_url").unlink()
    (secrets / "database_url").write_text("canary")
    with pytest.raises(ValidationError) as error:
        Settings(_secrets_dir=secrets)
    assert "redis_url\n  Field required" in str(error.value)
    assert "canary" not in str(error.value)


def test_plain_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_VERSION", "1.2.3")
    monkeypatch.setenv("MIGRATE_ON_START", "1")
    assert (Settings().app_version, Settings().migrate_on_start) == ("1.2.3", True)
