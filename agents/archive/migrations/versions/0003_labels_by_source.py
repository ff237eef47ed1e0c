"""The source of a change beside its labels, so that a label of one source is not looked for among all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add it."""
    op.add_column("change_label", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE change_label SET source = (SELECT source FROM change WHERE change.id = change_label.change_id)")
    columns = ["source", "label", "dt", "change_id"]
    op.create_index("change_label_source", "change_label", columns, unique=False)
