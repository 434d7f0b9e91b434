"""Which sentence is checked by what: one pattern a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbsolve.checking.audit.optimising import CALLED_OPTIMISERS
from nbsolve.checking.audit.sentences import Sentences

Rule = tuple[re.Pattern[str], Callable[..., None]]
_OPTIMISERS = "|".join(("gradient descent", *{*CALLED_OPTIMISERS.values()}))
_FINER = (
    r"(?:the powers and their sum in (?:temperature-scaled |log-)?softmax(?: to another base)?|\$[^$]*\$)"
)
"""What may have more digits than each step is rounded to."""


def _rules() -> list[Rule]:
    p = Sentences
    table: list[tuple[str, Callable[..., None]]] = [
        (
            r"The gradients can be checked with the forward pass alone\. Move one parameter \$w\$ by "
            r"\$h ?= ?10\^\{(-\d+)\}\$ in both directions, leave all others as they are, and compute the loss "
            r"each time: the central difference "
            r"\$\(([^$]+)\(w ?\+ ?h\) ?[-−] ?([^$]+)\(w ?[-−] ?h\)\)/\(2h\)\$ comes close "
            r"to the gradient\. Here it is computed anew from the problem, without rounding\.",
            p.quotient,
        ),
        (
            r"Of the ([\d,]+) parameters, the table has those with the largest gradients\. In its last row all of "
            r"them are moved by \$h\$ at once: then the central difference comes close to the sum of all "
            r"gradients\.",
            p.count_all,
        ),
        (
            r"For these parameters the loss has a kink exactly here, hence two one-sided derivatives: "
            r"\$\(([^$]+)\(w\) ?[-−] ?([^$]+)\(w ?[-−] ?h\)\)/h\$ from the left, "
            r"\$\(([^$]+)\(w ?\+ ?h\) ?[-−] ?([^$]+)\(w\)\)/h\$ from the right\. The gradient is the value that "
            r"the conventions take\.",
            p.loss_letters,
        ),
        (r"(A network with .*\.)", p.network),
        (r"Given(?: in sample (\d+))?, whatever the network would compute: (.*)\.", p.given_values),
        (r"(\$[^$]*\$) is given; the network would give (\$[^$]*\$)\.", p.given_value),
        (r"(values that are given stand for what the network would compute, [^\d$]*)", p.nothing),
        (r"(A value that is given does not move with the parameters, so [^\d$]*\.)", p.nothing),
        (
            r"Layer (\d+) takes the largest of the activations of (.*), unit by unit, without weights \(maxout\)\.",
            p.takes_largest,
        ),
        (r"Layer (\d+) adds up the activations of (.*), unit by unit, without weights\.", p.adds),
        (
            r"Layer (\d+) takes its values from ([^:$]*?)(?:: the (columns|rows) of its weight matrix belong to "
            r"(.*), in this order)?\.",
            p.sources,
        ),
        (r"The numbers that come in belong to (\d+) inputs: (.*)\.", p.several_inputs),
        (
            r"Layer (\d+) uses the weights of layer (\d+)( transposed)?, (\$[^$]*\$)"
            r"(?: with its rows as columns)?: each of them is one parameter that stands in two places\.",
            p.tied,
        ),
        (
            r"In layer (\d+) some connections do not exist: (.*)\. The 0 in their place in the matrix is not a "
            r"weight\.",
            p.missing,
        ),
        (
            r"These weights are used by (.*)\. Each is one parameter with one gradient: the sum of what it gets "
            r"from each of its uses, the values that come in being taken as they are\.",
            p.uses,
        ),
        (r"(Maxout passes the gradient on to the value that was the largest; any other gets 0:)", p.nothing),
        (
            r"(maxout: \$\\mathbb\{1\}_\{\[(?:\\ldots|…)\]\}\$ is 1 where the condition holds, and 0 elsewhere; of "
            r"equal values the first counts as the largest)",
            p.nothing,
        ),
        (
            r"(Each unit takes the largest of the values of the units with its own number, [^\d$]*)",
            p.nothing,
        ),
        (
            r"The activation of each of these units enters (.*); the gradient is the sum over all units there that "
            r"take it:",
            p.users,
        ),
        (r"The vector that the Jacobian of the outputs is multiplied by(?: from the left)?: (.*)", p.data),
        (
            r"The vector (\$[^$]*\$) is a direction in which the inputs move\. The product (\$[^$]*\$) says how "
            r"fast each output changes then: each of its entries is a row of the Jacobian multiplied by "
            r"(\$[^$]*\$)\.",
            p.direction,
        ),
        (
            r"The vector (\$[^$]*\$) holds a weight for each output\. The product (\$[^$]*\$) is the gradient, "
            r"with respect to the inputs, of the outputs multiplied by these weights and added up: each of its "
            r"entries is a column of the Jacobian multiplied by (\$[^$]*\$)\. A backward pass that starts from "
            r"(\$[^$]*\$) at the outputs finds the same without the Jacobian\.",
            p.combination,
        ),
        (r"(Here \$[^$]*\$ is the gradient with respect to the parameter .*)", p.letters_of_rule),
        (r"The sample: (.*)", p.data),
        (
            r"there is no loss: \$([^$]*)\$ stands for the output \$([^$]*)\$ itself, and "
            r"\$\\partial ([^$]*)/\\partial w\$ for its derivative",
            p.output_itself,
        ),
        (r"Weights? of the samples? in the loss(?:, in this order)?: (.*)\.", p.sample_weights),
        (
            r"the gradient of the loss \$([^$]*)\$( of the whole batch)? with respect to the outputs is given"
            r"(, one row for each sample)?; \$([^$]*)\$ itself is not known, and not needed",
            p.given_gradient,
        ),
        (
            r"Only the gradient of \$([^$]*)\$ is given, so the sum \$([^$]*)\$, with the given numbers held "
            r"fixed, stands for the loss: it has the same gradients with respect to all parameters\.",
            p.stands_for_loss,
        ),
        (
            rf"(?:(Learning rates? .*?))??(?:(?:, )?(\d+ iterations?))?"
            rf"(?:(?:, )?([Pp]enalty strength \$[^$]*\$))?(?:(?:, )?({_OPTIMISERS}): (\$.*?\$))?",
            p.training,
        ),
        (r"The optimiser has made (\d+|one) updates? before, and starts with:", p.updates),
        (r"The optimiser counts its updates on from (\d+)\.", p.updates),
        (
            r"((?:Adam\w*|AMSGrad|AdaMax|Nadam) keeps [^\d]*having started at 0[^\d]* with the old parameters\.)",
            p.nothing,
        ),
        (
            r"(Lion moves [^\d]* towards 0;[^\d]* All gradients were found with the old parameters\.)",
            p.nothing,
        ),
        (r"The update of \$([^$]*)\$:", p.updated),
        (r"\*\*\((.*?)\)\*\* (.*?)(?: \((\S+) marks?\))?", p.asked),
        (
            r"The loss( on samples? [\d to]+)? (falls|rises) from \$([^$]*)\$ to \$([^$]*)\$"
            r"(?:\.|: the step was too long\.)",
            p.loss_moved,
        ),
        (r"The loss( on samples? [\d to]+)? does not change\.", p.loss_same),
        (r"The loss( on samples? [\d to]+)? changes by less than the digits shown\.", p.loss_same_digits),
        (r"Putting the numbers into (\S+) … (\S+)\.", p.put_into),
        (
            r"Each of these units reaches the loss through all (\d+) units of the next layer, so its "
            r"gradient is a sum over (\d+) paths:",
            p.paths,
        ),
        (
            r"Each of these units reaches the loss through all (\d+) units of the next layer\. Each "
            r"path on its own:",
            p.paths,
        ),
        (
            r"(.*) is not active for this input: its derivative is 0, so no gradient reaches the "
            r"parameters before it through this unit\.",
            p.dead,
        ),
        (r"Held fixed, hence unchanged: (\d+) parameters\.", p.held_count),
        (r"Held fixed, hence unchanged: (.*)\.", p.held),
        (r"held fixed \(not trained\): (\d+) parameters", p.held_count),
        (r"held fixed \(not trained\): (.*)", p.held),
        (
            r"temperature-scaled softmax with the temperature (\S+): the exponential of each pre-activation over "
            r"the temperature, divided by the sum of all of them in the layer",
            p.temperature,
        ),
        (
            r"softmax to the base (\S+): \S+ to the power of each pre-activation, divided by the sum of all of "
            r"them in the layer, so that the natural logarithm of the base multiplies the derivatives",
            p.base,
        ),
        (
            r"(Each unit adds up its weighted inputs[^\d]*; (?:log-)?softmax then turns the sums"
            r"(?:, divided by the temperature,)? into (?:the logarithms of )?numbers that add up to 1\.)",
            p.nothing,
        ),
        (
            r"(A weight's gradient is the error signal of the unit it leads to times the activation "
            r"it comes from; for a bias it is the error signal itself\.[^\d$]*)",
            p.nothing,
        ),
        (
            r"(?:(?:A weight's gradient|Only the last factor|The chain rule)(?:[^\d$]|it is 1)*\. )?A bias is the "
            r"weight of the constant (−?1): what it comes from is (−?1)\.[^\d$]*",
            p.constant,
        ),
        (
            r"(Only the last factor is new: the derivative of the weighted sum with respect to a weight is "
            r"the incoming activation, and with respect to a bias it is 1\.[^\d$]*)",
            p.nothing,
        ),
        (r"(\$\\odot\$ multiplies two vectors entry by entry)", p.nothing),
        (
            r"(\$\\mathbb\{1\}_\{\[k = j\]\}\$ is 1 where \$k\$ and \$j\$ are the same, and 0 elsewhere)",
            p.nothing,
        ),
        (
            r"averaged over the samples, \$([^$]*)\$; here there is only one, \$([^$ ]*) = 1\$",
            p.one_sample,
        ),
        (r"(\$\\ell'\$ is the derivative [^\d$]*)", p.nothing),
        (r"Iteration (\d+)()()():", p.heading_iteration),
        (r"Iteration (\d+)(?:: (samples?) (\d+)(?: to (\d+))?)?", p.heading_iteration),
        (r"Sample (\d+)", p.heading_sample),
        (r"\$([^$]*)\$", p.heading_quantity),
        (r"Layer (\d+): (hidden|output), (.*)", p.heading_layer),
        (r"(?:Back to layer|Gradients of layer) (\d+)", p.heading_of_layer),
        (r"Error signals of output layer (\d+)", p.heading_of_head),
        (
            r"\$([^$]*)\$: (rows of the weight matrix are (?:units, columns are inputs|inputs, "
            r"columns are units))",
            p.layout,
        ),
        (
            r"(?:(layer [^:]*): )?(every unit has a bias of its own|one bias per layer, shared by all "
            r"its units|no biases|each unit subtracts its threshold)",
            p.bias,
        ),
        (
            r"(?:(layer [^:]*): )?the (first|last) (row|column) of the weight matrix holds the biases: "
            r"(in front of|below|behind) what comes into the layer stands the constant (−?1), "
            r"which is never trained",
            p.folded,
        ),
        (
            r"The (rows|columns) of the weight matrix of layer (\d+) belong to (.*), in this order; (\$[^$]*\$) is "
            r"a constant, and its (row|column) holds the biases\.",
            p.columns,
        ),
        (r"loss(?: of layer (\d+))?: ([^$]*?) ?\$((?:[^$]|\\\$)*)\$(.*)", p.loss),
        (r"(L2) penalty, biases left out: \$([^$]*)\$(, divided by .*)?", p.penalty),
        (
            r"(L1) penalty, biases left out; where a weight is 0, its derivative is taken as 0: \$([^$]*)\$"
            r"(, divided by .*)?",
            p.penalty,
        ),
        (
            r"(elastic) penalty, a mixture of L1 and L2, biases left out; where a weight is 0, the derivative of "
            r"the first part is taken as 0: \$([^$]*)\$(, divided by .*)?",
            p.penalty,
        ),
        (
            r"an error signal is the (negative )?derivative of the loss with respect to the pre-activation: "
            r"\$([^$]*)\$",
            p.signal,
        ),
        (r"each iteration takes (\d+) samples, in the order given, and starts over at the end", p.batch),
        (
            r"calculated exactly and rounded only where a number is printed: intermediate values to "
            r"(.*?), answers to (.*?); ≈ marks a rounded number\. A value has more digits where a "
            r"later result needs them(?:; logarithms of fractions stay as they are: ln\(3\), not 1\.09861)?"
            r"(, new parameters where their change needs them)?",
            p.rounding,
        ),
        (
            r"every value is rounded to (.*?) as it is written down, and the rounded value is what "
            r"the next line uses; ties are rounded away from zero()"
            rf"(?:; only {_FINER}(?:, {_FINER})* may have more digits, where the next line needs them)?",
            lambda s, pl, o, a, _: p.rounding(s, pl, o, a, None, None),
        ),
        (
            r"0 · ln 0 counts as 0, the limit of x · ln x, and so the loss has a derivative where a prediction is"
            r" exactly its target 0 or 1",
            p.zero_times_log,
        ),
        (r"logarithms have base \$?(\d+)\$?", p.log_base),
        (
            r"Iterations (\d+) to (\d+) are carried out in the (same way|way shown below) and not written out\.",
            p.skipped,
        ),
        (
            r"Iteration (\d+)() is carried out in the (same way|way shown below) and not written out\.",
            p.skipped,
        ),
        (r"This iteration starts from the parameters left by iteration (\d+):", p.from_iteration),
        (
            r"(linear|sigmoid|tanh|ReLU|leaky ReLU|ELU|softplus|GELU|SiLU|step|\w[\w ]*):(?: "
            r"\$([^$]*)\$)?(?:,? with derivative \$([^$]*)\$)?(.*)",
            p.activation,
        ),
    ]
    return [(re.compile(pattern), check) for pattern, check in table]


RULES: list[Rule] = _rules()
