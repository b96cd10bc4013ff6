"""Edits that need no model: an English instruction read strictly, and done with real operations on pixels."""

from gateway.imaging.editing.editor import apply
from gateway.imaging.editing.instruction import parse
from gateway.imaging.editing.operation import Operation
from gateway.imaging.editing.plan import Plan, Step
from gateway.imaging.editing.vocabulary import VOCABULARY, VOCABULARY_HELP

__all__ = ["VOCABULARY", "VOCABULARY_HELP", "Operation", "Plan", "Step", "apply", "parse"]
