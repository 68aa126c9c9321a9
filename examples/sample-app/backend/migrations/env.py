"""How Alembic reaches the database: with the application's settings, one migration run at a time."""

import logging

from alembic import context
from sqlalchemy import text

from app.db import engine
from app.models import Base

LOCK_KEY = 7_242_001

logging.basicConfig(format="%(levelname)s: %(name)s: %(message)s")
logging.getLogger("alembic").setLevel(logging.INFO)

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        # Several may start at once: the first one migrates, the others wait here and then find nothing left to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        # A migration that waits for a busy table holds up every query behind it: rather fail and be tried again.
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        context.run_migrations()
