"""`alembic upgrade head`, from inside the application."""

from pathlib import Path

from alembic import command
from alembic.config import Config

ALEMBIC_INI = Path(__file__).parent.parent / "alembic.ini"


def upgrade() -> None:
    command.upgrade(Config(ALEMBIC_INI), "head")
