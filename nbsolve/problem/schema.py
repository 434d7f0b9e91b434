"""The problem file as JSON Schema, so that editors complete its keys and explain them.

It describes the YAML as people write it. What goes with what (shapes, targets and losses) only loading tells.
"""

from __future__ import annotations

from collections.abc import Iterable

from nbsolve.catalogue import (
    ACTIVATION_FORMULAS,
    ACTIVATIONS,
    JOINT_LOSS_FORMULAS,
    LOSS_ALIASES,
    LOSS_FORMULAS,
    LOSSES,
    OPTIMISERS,
    PENALTIES,
)
from nbsolve.catalogue.losses import OUTPUT
from nbsolve.catalogue.presets import PRESETS
from nbsolve.problem import derivations, graphs, rules, updates
from nbsolve.problem.cells import LETTER, SYMBOLIC
from nbsolve.problem.loading import DETAIL, EXPLAIN, KEYS, KINDS
from nbsolve.problem.model import LAYOUTS
from nbsolve.problem.naming import ROLES
from nbsolve.problem.own import CUSTOM
from nbsolve.problem.part_lists import MAXIMUM_LINES
from nbsolve.problem.parts import WORDS
from nbsolve.problem.schema_building import (
    Schema,
    choice,
    integer,
    mapping,
    one_of,
    own_function,
    parameters_of,
    reference,
    text,
    text_or_texts,
    texts,
)
from nbsolve.problem.schema_graphs import clip_keys, graph_keys, graph_training, schedule_keys, update_keys
from nbsolve.problem.schema_variants import source_of_variants, variants_key
from nbsolve.problem.varying import KEY as VARIANTS
from nbsolve.symbol import Role

_NUMBER_PATTERN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$|^[+-]?[0-9]+/[0-9]+$"
KEPT = {equation.name for record in OPTIMISERS.values() for equation in record.kept}
OPTIMISER_CHOICES = {name: parameters_of(record.parameters) for name, record in OPTIMISERS.items()}
_QUANTITY = rf"^({'|'.join(role.value for role in Role)})(\[[0-9]+\]){{0,3}}$"


def schema() -> Schema:
    """The JSON Schema (draft 2020-12) of a problem file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "nbsolve problem",
        **mapping(
            {
                "kind": one_of("What kind of problem this is.", KINDS),
                "title": text("The heading of the problem's page."),
                "source": text("Where the problem comes from: a book, a course, an exam."),
                "group": text("The heading under which the site lists the problem (default: its source)."),
                "statement": text("The problem in words (Markdown); written from the data where absent."),
                "language": text(
                    "The language of the author's words, such as de or ar (default: the course's)."
                ),
                "network": _network(),
                "samples": _samples(),
                "features": texts("What each input is, one name for each, such as [height, age]."),
                "classes": texts("What each output stands for, one name for each, such as [cat, dog]."),
                "loss": _loss(),
                "upstream": _upstream(),
                "sample_weights": {
                    "description": "What the loss of each sample is multiplied by, in their order.",
                    "type": "array",
                    "minItems": 1,
                    "items": reference("number"),
                },
                "functions": _functions(),
                "losses": _losses(),
                "regulariser": _regulariser(),
                "training": {
                    "description": "Updates of the parameters.",
                    "anyOf": [_training(), graph_training(OPTIMISER_CHOICES, KEPT)],
                },
                "notation": _notation(),
                "rounding": _rounding(),
                "explain": one_of(
                    "How gradients are explained: error signals δ, paths, or factors.", EXPLAIN
                ),
                "detail": one_of("Unit by unit, as matrices, or both (auto: by the size).", DETAIL),
                "letters": {
                    "description": "Whether the solution in symbols comes first (always where there are letters).",
                    "type": "boolean",
                },
                **_rule(),
                **graph_keys(),
                **update_keys(OPTIMISER_CHOICES, KEPT),
                "parts": _parts(),
                "pitfalls": text_or_texts("Common mistakes (Markdown)."),
                VARIANTS: variants_key(),
            },
            "A problem about one network, derivatives to be found, or a rule to learn by.",
        ),
        "allOf": [
            _of_kind("derivation", derivations.KEYS, _any_of(("functions", "losses"))),
            _of_kind("rule", rules.KEYS, {"required": ["rule", "samples"]}),
            _of_kind("graph", graphs.KEYS, {"required": ["given", "equations"]}),
            _of_kind("update", updates.KEYS, {"required": ["parameters", "gradients", "optimiser"]}),
        ],
        "if": {
            "properties": {
                "kind": {"description": "Not a network.", "enum": [k for k in KINDS if k != "network"]}
            },
            "required": ["kind"],
        },
        "else": {
            "properties": {"training": _training()},
            "required": ["network", "samples"],
            "not": {"anyOf": [*_others(KEYS)["anyOf"], {"required": ["loss", "upstream"]}]},
        },
        "$defs": {
            "number": {
                "description": "A number as written: 0.10, -3, 2e-3 or 1/3.",
                "anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER_PATTERN}],
            },
            "letter": {
                "description": "symbolic, or a letter such as w, w_1 or \\hat y: no number, solved in symbols.",
                "type": "string",
                "pattern": f"^{LETTER}$|^{SYMBOLIC}$",
            },
            "cell": {"anyOf": [reference("number"), reference("letter")]},
            "source": source_of_variants(),
            "vector": {"anyOf": [{"const": SYMBOLIC}, {"type": "array", "items": reference("cell")}]},
            "matrix": {
                "anyOf": [{"const": SYMBOLIC}, {"type": "array", "minItems": 1, "items": reference("vector")}]
            },
        },
    }


_KINDS = (KEYS, derivations.KEYS, rules.KEYS, graphs.KEYS, updates.KEYS)
"""The keys of each kind of problem."""


def _of_kind(kind: str, keys: Iterable[str], needed: Schema) -> Schema:
    """What a problem of a kind that is not a network has, and no other keys."""
    own = {
        "properties": {"kind": {"description": "What kind of problem this is.", "const": kind}},
        "required": ["kind"],
    }
    return {"if": own, "then": {**needed, "not": _others(keys)}}


def _others(keys: Iterable[str]) -> Schema:
    """Any key of another kind of problem."""
    known = frozenset(keys)
    return _any_of(dict.fromkeys(key for each in _KINDS for key in each if key not in known))


def _activations() -> dict[str, dict[str, Schema]]:
    tables = (ACTIVATIONS, ACTIVATION_FORMULAS)
    return {name: parameters_of(record.parameters) for table in tables for name, record in table.items()}


def _activation() -> Schema:
    """One for the layer, or a list of one for each unit."""
    own = own_function("An activation by its formula in z.", {"latex": text("How its name is written.")})
    one = choice("The activation of the layer's units.", _activations(), {CUSTOM: own})
    units = choice("The activation of one unit.", _of_one_unit(_activations()), {CUSTOM: own})
    several = {"description": "One for each unit.", "type": "array", "minItems": 1, "items": units}
    return {"description": "The activation of the layer's units.", "anyOf": [*one["anyOf"], several]}


def _of_one_unit(options: dict[str, dict[str, Schema]]) -> dict[str, dict[str, Schema]]:
    """Those that do not take all units of a layer at once."""
    whole = {name for name, record in ACTIVATIONS.items() if record.vector}
    return {name: parameters for name, parameters in options.items() if name not in whole}


def _network() -> Schema:
    layer = mapping(
        {
            "kind": one_of("The kind of layer: dense, or the sum of others.", ("dense", "add")),
            "units": integer("How many units the layer has.", 1),
            "from": _sources_of_layer(),
            "activation": _activation(),
            "weights": _weights(),
            "bias": _bias("b in z = W x + b.", shared=True),
            "threshold": _bias("θ in z = W x − θ.", shared=False),
        },
        "One layer.",
        required=("activation",),
    )
    kind = {"description": "The sum of others.", "const": "add"}
    layer["if"] = {"properties": {"kind": kind}, "required": ["kind"]}
    layer["then"] = {"required": ["from"], "not": _any_of(("weights", "bias", "threshold"))}
    layer["else"] = {"required": ["units", "weights"]}
    return mapping(
        {
            "inputs": integer("How many numbers each input has.", 1),
            "layout": {
                "description": 'Rows of the weights are units ("W x + b", default) or inputs ("x W + b").',
                "enum": [*LAYOUTS, *(layout.replace(" ", "") for layout in LAYOUTS)],
            },
            "layers": {
                "description": "From the first to the last.",
                "type": "array",
                "minItems": 1,
                "items": layer,
            },
        },
        "The network.",
        required=("inputs", "layers"),
    )


def _sources(value: Schema, trainable: Schema, shared: bool) -> list[Schema]:
    """The forms of a mapping that says where numbers come from, one for each source."""
    seed = {
        "seed": integer("The seed: the same seed draws the same numbers.", 0),
        "decimals": integer("Decimals that the drawn numbers are rounded to (default 4).", 0),
    }
    normal = {
        "std": reference("number", "Standard deviation."),
        "mean": reference("number", "Mean (default 0)."),
        **seed,
    }
    uniform = {
        "low": reference("number", "Smallest value."),
        "high": reference("number", "Largest value."),
        **seed,
    }
    held = {"trainable": trainable}
    file = {
        "file": text("A .csv, .npy or .npz file beside the problem."),
        "array": text("The array's name in a .npz file."),
    }
    drawn_normal = mapping(normal, "Normal numbers from a seed.", required=("std", "seed"))
    drawn_uniform = mapping(uniform, "Uniform numbers from a seed.", required=("low", "high", "seed"))
    one_for_all = {
        "shared": reference("cell", "One parameter for all units of the layer."),
        "trainable": {"description": "false: held.", "type": "boolean"},
    }
    within = [
        mapping(file, required=("file",)),
        mapping({"normal": drawn_normal}, required=("normal",)),
        mapping({"uniform": drawn_uniform}, required=("uniform",)),
    ]
    return [
        mapping({"value": {"anyOf": [value, *within]}, **held}, required=("value",)),
        mapping({**file, **held}, required=("file",)),
        mapping({"normal": drawn_normal, **held}, required=("normal",)),
        mapping({"uniform": drawn_uniform, **held}, required=("uniform",)),
        *([mapping(one_for_all, required=("shared",))] if shared else []),
    ]


def _sources_of_layer() -> Schema:
    one: Schema = {"anyOf": [{"const": "input"}, {"type": "integer", "minimum": 1}]}
    several = {"type": "array", "minItems": 1, "items": one, "uniqueItems": True}
    return {
        "description": "What comes in, instead of the layer before: input, layers by their numbers.",
        "anyOf": [*one["anyOf"], several],
    }


def _weights() -> Schema:
    rows = {"type": "array", "items": {"type": "array", "items": {"type": "boolean"}}}
    trainable = {"description": "false: held; or one for each weight.", "anyOf": [{"type": "boolean"}, rows]}
    cells = {"type": "array", "items": {"anyOf": [reference("cell"), {"type": "null"}]}}
    value: Schema = {
        "description": "One row for each unit (or input, see layout); null where there is no connection.",
        "anyOf": [
            {"const": SYMBOLIC},
            {"type": "array", "minItems": 1, "items": {"anyOf": [{"const": SYMBOLIC}, cells]}},
        ],
    }
    tie = mapping(
        {
            "same_as": integer("The layer whose weights are used.", 1),
            "transposed": {"description": "Whether they are used transposed.", "type": "boolean"},
        },
        "The weights of another layer.",
        required=("same_as",),
    )
    return {"description": "The weights.", "anyOf": [value, tie, *_sources(value, trainable, shared=False)]}


def _bias(description: str, *, shared: bool) -> Schema:
    truths = {"type": "array", "items": {"type": "boolean"}}
    trainable = {"description": "false: held; or one for each unit.", "anyOf": [{"type": "boolean"}, truths]}
    value = {"description": "One number for each unit.", "anyOf": [reference("cell"), reference("vector")]}
    none: list[Schema] = [{"enum": ["none", "absent", None]}]
    return {"description": description, "anyOf": [*none, value, *_sources(value, trainable, shared)]}


def _samples() -> Schema:
    vector = {"anyOf": [reference("cell"), reference("vector")]}
    by_layer: Schema = {
        "description": "The targets of several output layers, by the numbers of these layers.",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^[1-9][0-9]*$": vector},
    }
    target = {"anyOf": [*vector["anyOf"], by_layer]}
    keys = {
        "input": {"description": "The input x.", **vector},
        "target": {"description": "The target y; left out for a forward pass only.", **target},
        "x": {"description": "Another name for input.", **vector},
        "y": {"description": "Another name for target.", **target},
    }
    keys["class"] = text("The class of the sample, one of `classes`, instead of a target.")
    sample = mapping(keys)
    sample["anyOf"] = [{"required": ["input"]}, {"required": ["x"]}]
    columns = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": ["string", "number"]}}]}
    table = mapping(
        {
            "file": text("A .csv file beside the problem; its first line names the columns."),
            "input": {"description": "The columns of the input.", **columns},
            "target": {"description": "The columns of the target.", **columns},
            "class": text(
                "A column of class names: one-hot targets, in the order of `classes`, else sorted."
            ),
            "x": {"description": "Another name for input.", **columns},
            "y": {"description": "Another name for target.", **columns},
        },
        required=("file",),
    )
    listed = {"type": "array", "minItems": 1, "items": sample}
    return {"description": "The samples.", "anyOf": [listed, table]}


def _loss() -> Schema:
    over = ("sum", "mean")
    shared_settings: dict[str, Schema] = {
        "weight": reference("number", "The factor of this loss in a sum of losses (default 1)."),
        "scale": reference("number", "A factor that belongs to the loss itself, such as 1/2 (default 1)."),
        "over_outputs": one_of("Outputs are summed or averaged.", over),
        "over_samples": one_of("Samples of a batch are summed or averaged (default mean).", over),
        "of": {
            "description": "Of several output layers, the number of the one whose loss it is.",
            "type": "integer",
            "minimum": 1,
        },
    }
    options: dict[str, dict[str, Schema]] = {}
    for name in (*LOSSES, *LOSS_ALIASES):
        record = LOSSES[LOSS_ALIASES[name][0] if name in LOSS_ALIASES else name]
        options[name] = {**shared_settings, **parameters_of(record.parameters)}
        if record.logarithmic:
            base = reference("number", "The base of the logarithm (default e).")
            options[name]["log_base"] = {"description": base["description"], "anyOf": [base, {"const": "e"}]}
        if not record.separable:
            options[name]["over_outputs"] = one_of("One number for all outputs: nothing to average.", ["sum"])
    for name, named in (*LOSS_FORMULAS.items(), *JOINT_LOSS_FORMULAS.items()):
        options[name] = {**shared_settings, **parameters_of(named.parameters)}
        if name in JOINT_LOSS_FORMULAS:
            options[name]["over_outputs"] = one_of("One number for all outputs: nothing to average.", ["sum"])
    which = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}
    options[OUTPUT] = {
        "unit": {"description": "Which output: its number, or the name of its class.", **which}
    }
    own = own_function(
        "A loss by its formula for one output, in the prediction a and the target y, or of all: a[k], y[k].",
        shared_settings,
    )
    one = choice("The loss: a name, or {name: {settings}}.", options, {CUSTOM: own})
    several = {"type": "array", "minItems": 1, "items": one}
    return {"description": "The loss, or a list of losses to be added.", "anyOf": [*one["anyOf"], several]}


def _upstream() -> Schema:
    row = {"type": "array", "minItems": 1, "items": reference("number")}
    return {
        "description": "∂L/∂a of the outputs, given instead of a loss; of several samples one row each.",
        "anyOf": [
            reference("number"),
            {"const": SYMBOLIC},
            row,
            {"type": "array", "minItems": 1, "items": row},
            {"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1, "items": row}},
        ],
    }


def _any_of(keys: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _functions() -> Schema:
    options = _activations()
    own = own_function("An activation by its formula in z.", {"latex": text("How its name is written.")})
    one = choice("An activation.", options, {CUSTOM: own})
    return _one_or_several("Activations whose derivatives are derived (kind: derivation).", one)


def _losses() -> Schema:
    options: dict[str, dict[str, Schema]] = {}
    for name, record in LOSSES.items():
        options[name] = parameters_of(record.parameters)
        if through := derivations.throughs(name):
            options[name]["through"] = one_of(
                "Differentiated through this activation of the outputs.", through
            )
    options |= {name: parameters_of(named.parameters) for name, named in LOSS_FORMULAS.items()}
    own = own_function("A loss by its formula for one output, in the prediction a and the target y.", {})
    one = choice("A loss.", options, {CUSTOM: own})
    return _one_or_several("Losses whose derivatives are derived (kind: derivation).", one)


def _rule() -> dict[str, Schema]:
    """The keys of a problem of the kind `rule` alone."""
    numbers = {"learning_rate": "η", "factor": "A factor of the error (default 1)."}
    numbers |= {"at_zero": "What the unit gives at z = 0.", "undecided": "Nearer to 0 than this it gives 0."}
    settings = {
        name: {
            key: one_of("Change by the error y − ŷ, or by the target y.", rules.CHANGES)
            if key == "change"
            else reference("number", numbers[key])
            for key in parameters
        }
        for name, parameters in rules.RULE_PARAMETERS.items()
    }
    weights = _weights()
    return {
        "rule": choice("How the units learn (kind: rule).", settings),
        "weights": {
            "description": "The weights at the start, a row for each unit (default: 0).",
            "anyOf": [reference("vector"), *weights["anyOf"]],
        },
        "bias": _bias("b in z = w x + b at the start (default: 0).", shared=False),
        "threshold": _bias("θ in z = w x − θ at the start.", shared=False),
        "batch": one_of("After how many samples the parameters change.", ("sample", "all")),
        "until": one_of("When training ends.", (rules.NO_MISTAKES,)),
        "epochs": integer("How often all samples are gone through.", 1),
        "most_epochs": integer("After how many epochs training ends in any case (default 100).", 1),
        "show": {
            "description": "Which epochs are written out, such as [1, last], or all.",
            "anyOf": [_EPOCH, {"const": "all"}, {"type": "array", "minItems": 1, "items": _EPOCH}],
        },
    }


_EPOCH: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["first", "last"]}]}


def _one_or_several(description: str, one: Schema) -> Schema:
    several = {"type": "array", "minItems": 1, "items": one}
    return {"description": description, "anyOf": [one["anyOf"][0], several]}


def _regulariser() -> Schema:
    options: dict[str, Schema] = {}
    sums = {"l2": "w²", "l1": "|w|", "elastic": "(ratio |w| + (1 − ratio)/2 w²)"}
    for name, record in PENALTIES.items():
        keys = {
            "strength": reference("number", "λ."),
            "scale": reference(
                "number", f"The factor before λ Σ {sums.get(name, name)} (default {record.scale})."
            ),
            "over_samples": one_of("mean divides the penalty by the number of samples.", ("sum", "mean")),
            **parameters_of(record.settings),
        }
        words = f"scale · λ · Σ {sums.get(name, name)} over all weights, without biases."
        options[name] = mapping(keys, words, required=("strength",))
    return {**mapping(options, "A penalty on the weights."), "minProperties": 1, "maxProperties": 1}


def _training() -> Schema:
    iteration = {"anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["first", "last"]}]}
    listed = {"anyOf": [*iteration["anyOf"], {"const": "epochs"}]}
    shown = {"anyOf": [*listed["anyOf"], {"const": "all"}, {"type": "array", "items": listed, "minItems": 1}]}
    training = mapping(
        {
            "optimiser": choice("How parameters are updated.", OPTIMISER_CHOICES),
            "state": _state(),
            "clip": clip_keys(),
            "schedule": schedule_keys(),
            "learning_rates": {
                "description": "The learning rates of each layer, or of each parameter.",
                "type": "array",
                "minItems": 1,
                "items": {"anyOf": [reference("number"), _layer_state()]},
            },
            "batch": {
                "description": "How many samples each update uses (default 1).",
                "anyOf": [{"type": "integer", "minimum": 1}, {"const": "all"}],
            },
            "iterations": integer("How many updates.", 1),
            "epochs": integer("How often all samples are gone through (default 1).", 1),
            "show": {
                "description": "Which iterations are written out, such as [1, last]; epochs: a table of the "
                "loss of every epoch.",
                **shown,
            },
        },
        "Updates of the parameters.",
        required=("optimiser",),
    )
    training["not"] = {"required": ["iterations", "epochs"]}
    return training


def _layer_state() -> Schema:
    """Numbers for the parameters of a layer."""
    matrix = {"anyOf": [reference("number"), reference("matrix")]}
    vector = {"anyOf": [reference("number"), {"type": "array", "items": reference("number")}]}
    return mapping(
        {
            "weights": {"description": "One number, or a matrix like the weights.", **matrix},
            "bias": {"description": "One number, or one for each bias.", **vector},
            "threshold": {"description": "One number, or one for each threshold.", **vector},
        },
        required=("weights",),
    )


def _state() -> Schema:
    layer = _layer_state()
    one = {"anyOf": [reference("number"), {"type": "array", "minItems": 1, "items": layer}]}
    keys: dict[str, Schema] = {
        "t": {"description": "How many updates were made before.", "type": "integer", "minimum": 0}
    }
    keys |= {name: {"description": f"{name} before the first update.", **one} for name in sorted(KEPT)}
    return mapping(keys, "What the optimiser has kept before the first update (0 where absent).")


def _notation() -> Schema:
    lists: Schema = {"type": "array", "items": {"type": ["string", "array"]}}
    name = {"anyOf": [{"type": "string"}, lists]}
    roles = {
        role: {"description": f"The letter or template for {role}, or lists of names.", **name}
        for role in ROLES
    }
    roles["delta"] = {"description": "dL/dz or -dL/dz, or the letter for δ.", **name}
    full = mapping({"preset": one_of("The letters to start from.", PRESETS), **roles})
    full["patternProperties"] = {_QUANTITY: {"description": "A name for this quantity.", "type": "string"}}
    return {"description": "The letters of the solution.", "anyOf": [{"enum": [*PRESETS]}, full]}


def _rounding() -> Schema:
    digits = {
        "decimals": integer("Digits after the decimal point.", 0),
        "significant": integer("Significant digits.", 1),
        "minimum_significant": integer(
            "Significant digits kept where decimals would leave fewer; 0 where absent.", 0
        ),
    }
    apply = ("at_end", "each_step")
    full = mapping(
        {
            "apply": one_of("Round what is printed, or every value that is written down.", apply),
            **digits,
            "intermediates": mapping(digits, "Digits of intermediate values."),
            "answers": mapping(digits, "Digits of answers."),
        }
    )
    return {"description": "How numbers are rounded.", "anyOf": [{"enum": [*apply]}, full]}


def _parts() -> Schema:
    word: Schema = {"anyOf": [{"enum": [*WORDS]}, {"type": "string"}]}
    part = mapping(
        {
            "label": text("How the part is called: a, 1, …"),
            "ask": {
                "description": "What is asked: these words, or quantities: dL/dw3, a whole delta[1], L - L_new.",
                "anyOf": [*word["anyOf"], {"type": "array", "minItems": 1, "items": word}],
            },
            "at": {
                "description": "At which iteration (default: all that are shown).",
                "anyOf": [{"type": "integer", "minimum": 1}, {"enum": ["first", "last"]}],
            },
            "marks": reference("number", "Marks for this part."),
            "space": {
                "description": "Ruled lines for the answer on a question sheet (default: by what is asked).",
                "type": "integer",
                "minimum": 0,
                "maximum": MAXIMUM_LINES,
            },
            "text": text("The question in words."),
        },
        required=("ask",),
    )
    return {"description": "What is asked, part by part.", "type": "array", "minItems": 1, "items": part}
