"""The audit of pages about rules that are not gradients."""

from tests.audit.ruled.audit import RuleAudit

__all__ = ["RuleAudit"]
