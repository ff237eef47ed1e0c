"""The hubs of sources, forgotten articles that are read again, what charts are found by, and whose archive it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them."""
    op.add_column("watching", sa.Column("hub", sa.Text(), nullable=True))
    op.add_column("watching", sa.Column("hub_topic", sa.Text(), nullable=True))
    op.create_index("watching_hub", "watching", ["hub"], unique=False)
    op.create_table(
        "about",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("change_hours", "change", ["source", "hours"], unique=False)
    op.create_index("change_kind", "change", ["kind", "dt", "id"], unique=False)
    op.add_column("takedown", sa.Column("released", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "subscription",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("ask_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("told_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url"),
        sa.UniqueConstraint("id"),
    )
