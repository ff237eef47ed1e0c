"""What kind of edit it is: labels by rules, each with the rows that it rests on."""

from agents.diff.labels.rules import RULES, labels
from agents.diff.labels.severity import REMOVED, severity

__all__ = ["REMOVED", "RULES", "labels", "severity"]
