"""Random problems of the kind `rule`, as YAML: every rule, convention, kind of constant, batch and rounding."""

from __future__ import annotations

from random import Random

__all__ = ["rule_problem"]


def rule_problem(seed: int) -> str:
    """The problem of a number; its number also says which rule it is."""
    rng = Random(seed)
    rule = ("perceptron", "perceptron", "adaline", "hebb")[seed % 4]
    bipolar = rng.random() < 0.5
    low = "-1" if bipolar else "0"
    inputs, units, count = rng.randint(1, 3), rng.choice((1, 1, 1, 2)), rng.randint(2, 6)
    values = rng.choice((("0", "1"), ("-1", "1"), ("0.5", "-1.5", "2", "1/3"), ("3", "1", "-2", "0.25")))
    settings = [f"learning_rate: {rng.choice(('1', '0.5', '0.1', '1/3' if rule != 'adaline' else '0.2'))}"]
    if rule == "perceptron":
        if bipolar and rng.random() < 0.4:
            settings.append("change: target")
        if bipolar and rng.random() < 0.3:
            settings.append(f"undecided: {rng.choice(('0', '0.2', '1'))}")
        elif rng.random() < 0.6:
            settings.append(f"at_zero: {rng.choice((low, '1', '0') if bipolar else (low, '1'))}")
    if rule == "adaline" and rng.random() < 0.3:
        settings.append("factor: 2")
    lines = ["kind: rule", f"title: Random rule {seed}", f"rule: {{{rule}: {{{', '.join(settings)}}}}}"]
    if rng.random() < 0.7:
        rows = [
            ", ".join(rng.choice(("0", "0.5", "-1", "0.3", "2")) for _ in range(inputs)) for _ in range(units)
        ]
        lines.append("weights: [" + ", ".join(f"[{row}]" for row in rows) + "]")
    constant = rng.choice(("", "bias", "threshold", "none", "held"))
    numbers = "[" + ", ".join(rng.choice(("0", "0.2", "-0.5", "1")) for _ in range(units)) + "]"
    if constant in ("bias", "threshold"):
        lines.append(f"{constant}: {numbers}")
    elif constant == "none":
        lines.append("bias: none")
    elif constant == "held":
        lines.append(f"{rng.choice(('bias', 'threshold'))}: {{value: {numbers}, trainable: false}}")
    lines.append("samples:")
    targets = [[rng.choice((low, "1")) for _ in range(units)] for _ in range(count)]
    targets[0][0], targets[1][0] = low, "1"
    for target in targets:
        point = ", ".join(rng.choice(values) for _ in range(inputs))
        lines.append(f"  - {{input: [{point}], target: [{', '.join(target)}]}}")
    if rng.random() < 0.25:
        lines.append("batch: all")
    if rule == "perceptron" and rng.random() < 0.7:
        lines += ["until: no mistakes", f"most_epochs: {rng.randint(1, 15)}"]
    else:
        lines.append(f"epochs: {rng.randint(1, 3)}")
    if rng.random() < 0.3:
        lines.append("rounding: {apply: each_step, decimals: 3}")
    asked = (
        "changes, updated_parameters, epochs, mistakes, decision_boundary, prediction, accuracy, separable"
    )
    lines.append(f"parts: [{{label: a, ask: [{asked}]}}]")
    return "\n".join(lines) + "\n"
