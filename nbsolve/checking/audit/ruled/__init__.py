"""The audit of pages about rules that are not gradients."""

from nbsolve.checking.audit.ruled.audit import RuleAudit

__all__ = ["RuleAudit"]
