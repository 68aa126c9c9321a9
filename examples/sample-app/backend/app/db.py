"""Connections to Postgres for the worker and the migrations; the API's pool is in app/api/session.py."""

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import sessionmaker

from app.settings import get_settings

CONNECT_ARGS = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}

# No pool: the worker forks, and a connection must never be shared between processes.
engine = create_engine(get_settings().sqlalchemy_url, poolclass=NullPool, connect_args=CONNECT_ARGS)
Sessions = sessionmaker(engine)
