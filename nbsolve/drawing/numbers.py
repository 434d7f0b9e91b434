"""Numbers in drawings and in their words, from texts such as `-7.64e-06`."""

from __future__ import annotations

from nbsolve.drawing.scene import SCRIPT, Span

__all__ = ["digits", "linear"]


def digits(text: str) -> tuple[Span, ...]:
    """−7.64·10⁻⁶, set, with a true minus sign."""
    mantissa, exponent = _parted(text)
    if not exponent:
        return (Span(mantissa),)
    return (Span(f"{mantissa}·10"), Span(exponent, SCRIPT, -0.36))


def linear(text: str) -> str:
    """A number in a sentence: −7.64·10^−6, with a true minus sign."""
    mantissa, exponent = _parted(text)
    return f"{mantissa}·10^{exponent}" if exponent else mantissa


def _parted(text: str) -> tuple[str, str]:
    """Mantissa and exponent (`e-06` is −6), which is empty where there is none."""
    mantissa, _, exponent = text.replace("−", "-").partition("e")
    return mantissa.replace("-", "−"), str(int(exponent)).replace("-", "−") if exponent else ""
