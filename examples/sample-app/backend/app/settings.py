"""Settings: secrets from files in /run/secrets, everything else from environment variables."""

from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

SECRETS_DIR = Path("/run/secrets")


class Settings(BaseSettings):
    """Each field is a file of that name in /run/secrets or an environment variable in capitals, which wins."""

    model_config = SettingsConfigDict(
        secrets_dir=SECRETS_DIR if SECRETS_DIR.is_dir() else None,
        # Without this the error for one missing field prints the values of all the others.
        hide_input_in_errors=True,
    )

    database_url: SecretStr
    redis_url: SecretStr

    app_version: str = "dev"
    log_level: str = "INFO"
    root_path: str = ""  # the prefix that a proxy strips, for the links of /docs
    uploads_dir: Path = Path("/app/uploads")
    max_upload_bytes: int = 50 * 1024 * 1024
    migrate_on_start: bool = False
    health_timeout_seconds: float = 2
    heartbeat_file: Path = Path("/tmp/heartbeat")
    tick_seconds: float = 10

    @property
    def sqlalchemy_url(self) -> URL:
        """The database's address, for the driver that serves both the async API and the sync worker."""
        return make_url(self.database_url.get_secret_value()).set(drivername="postgresql+psycopg")


@lru_cache
def get_settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the required fields come from files or the environment
