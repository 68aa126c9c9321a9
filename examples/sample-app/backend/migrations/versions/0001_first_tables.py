"""First tables: items, uploads, ticks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    created_at = lambda: sa.Column(  # noqa: E731
        "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False, unique=True),
        created_at(),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("filename", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        created_at(),
    )
    op.create_table(
        "ticks",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.String(100), nullable=False),
        created_at(),
    )
    op.create_index("ticks_created_at_idx", "ticks", ["created_at"])


def downgrade() -> None:
    op.drop_table("ticks")
    op.drop_table("uploads")
    op.drop_table("items")
