"""The source and kind of a change beside its labels, and its kind in indexes of sources: they are wanted together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them."""
    op.add_column("change_label", sa.Column("source", sa.Text(), nullable=False, server_default=""))
    op.add_column("change_label", sa.Column("kind", sa.String(length=8), nullable=False, server_default=""))
    op.execute(
        "UPDATE change_label SET source = (SELECT source FROM change WHERE change.id = change_label.change_id), "
        "kind = (SELECT kind FROM change WHERE change.id = change_label.change_id)"
    )
    op.drop_index("change_source", "change")
    op.create_index("change_source", "change", ["source", "dt", "id", "kind"], unique=False)
    op.drop_index("change_label_newest", "change_label")
    op.create_index("change_label_newest", "change_label", ["label", "dt", "change_id", "kind"], unique=False)
    columns = ["source", "label", "dt", "change_id", "kind"]
    op.create_index("change_label_source", "change_label", columns, unique=False)
