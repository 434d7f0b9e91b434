"""The output in letters: ∂L/∂a, and ∂L/∂z where loss and activation simplify together.

Where every loss has ∂ℓ/∂a = (a − y) · q(a), with q = 2 for squared errors and 1 / (a (1 − a)) for binary
cross-entropy, their sum is (a − y) Σ q, and the derivative a (1 − a) of a sigmoid cancels against it.
Softmax has a full Jacobian, ∂a_k/∂z_j = a_k (1[k = j] − a_j), so that every ∂L/∂a_k reaches every z_j.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, sections 6.2.2 and 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nbsolve.blocks.dense import Dense
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.expr import Cases, Expr, Negation, Product, Quantity, Sum, number, product, total, walk
from nbsolve.expr.general import IndexedSum
from nbsolve.graph import Graph
from nbsolve.graph.node import array_of
from nbsolve.objective import Objective, cancelled, output_derivative, plain_output_derivative
from nbsolve.problem.functions import loss_of
from nbsolve.recorder import forms
from nbsolve.step import Form, Reason
from nbsolve.symbol import LOSS, Index, Partial, Symbol, Unit
from nbsolve.symbolic.error_factors import error_factor, error_factor_times
from nbsolve.symbolic.index_letters import index_variables
from nbsolve.symbolic.signed import distinct, leading, signed_product
from nbsolve.symbolic.slopes import in_closed_form
from nbsolve.values import Values, layer_activation


@dataclass(frozen=True)
class Output:
    """The output layer and the loss, for one sample; `values` tells which targets are numbers."""

    graph: Graph
    layer: Dense
    objective: Objective
    sample: int | None
    values: Values

    @property
    def joint(self) -> bool:
        """Whether every output depends on every pre-activation (softmax)."""
        return self.layer.joint

    @property
    def softmax(self) -> Softmax:
        """The function of all outputs at once, of an output that is `joint`."""
        assert self.layer.softmax is not None
        return self.layer.softmax

    def _probability(self, k: Unit) -> Expr:
        return self.softmax.probability(Quantity(self._a(k)))

    @property
    def pre_activation(self) -> Symbol:
        """The vector z of the output layer."""
        return self.layer.z(None, self.sample)

    def is_pre_activation(self, entry: Symbol) -> bool:
        """Whether a quantity is a pre-activation of the output layer."""
        return array_of(entry) == self.pre_activation

    def is_activation(self, entry: Symbol) -> bool:
        """Whether a quantity is an output."""
        return array_of(entry) == self.layer.a(None, self.sample)

    def _slope(self, j: Unit) -> Expr:
        """∂a_j/∂z_j as it stands in a closed form."""
        slope = self.graph.derivative(self._a(j), self._z(j))
        assert slope is not None
        return in_closed_form(slope)

    # ------------------------------------------------------------------ ∂L/∂a

    def in_activation(self, k: Unit) -> Expr:
        """∂L/∂a_k as it enters a closed form: by its name where it is long or a case distinction."""
        terms = self.objective.terms
        if isinstance(k, Index) and not self.objective.general:
            return self._g(k)
        spelled = self.spelled_in_activation(k)
        long = not all(loss_of(term).separable for term in terms) or any(
            isinstance(node, Cases) for node in walk(spelled)
        )
        return self._g(k) if long else spelled

    def spelled_in_activation(self, k: Unit) -> Expr:
        """∂L/∂a_k in closed form: (a − y) Σ q for errors, the catalogue's derivative otherwise."""
        factor = error_factor(self.objective, Quantity(self._a(k)))
        if factor is None:
            return output_derivative(self.objective, k, self.sample)
        return product(*leading(factor, self._error(k)))

    def activation_forms(self, k: Unit) -> tuple[Form, ...]:
        """∂L/∂a_k: as the rules give it, then simplified, then with the common factor taken out."""
        plain = plain_output_derivative(self.objective, k, self.sample)
        each = output_derivative(self.objective, k, self.sample)
        return forms(
            plain,
            each,
            self.spelled_in_activation(k),
            reasons=(Reason.DIFFERENTIATED, self._simplifying, Reason.COLLECTED),
        )

    @property
    def _simplifying(self) -> Reason:
        fractions = any(loss_of(term).plain is not None for term in self.objective.terms)
        return Reason.COMMON_DENOMINATOR if fractions else Reason.SIMPLIFIED

    # ------------------------------------------------------------------ ∂L/∂z

    @property
    def simplifies(self) -> bool:
        """Whether ∂L/∂z is worth a derivation of its own: a Jacobian, or factors that cancel."""
        return self.joint or self._cancelled(self.layer.units[0]) is not None

    @property
    def inline(self) -> bool:
        """Whether ∂L/∂z_j is short enough to stand in the closed forms of all gradients."""
        return not self.joint or self._short(self.layer.units[0])

    def _short(self, j: Unit) -> bool:
        """a − y: softmax with cross-entropy for targets that are known to add up to 1; with 1/T, or with e^a."""
        found = cancelled(self.objective, j, self.sample, self.values)
        if isinstance(found, Product) and found.operands[:-1] == self.softmax.factor:
            found = found.operands[-1]
        return isinstance(found, Sum) and found.operands[0] == self._probability(j)

    def in_pre_activation(self, j: Unit) -> Expr:
        """∂L/∂z_j in closed form."""
        cancelled = self._cancelled(j)
        if cancelled is not None:
            return cancelled
        if not self.joint:
            return product(self.in_activation(j), self._slope(j))
        return self._through_jacobian(j)

    def chain(self, j: Unit) -> Expr:
        """∂L/∂z_j in partial derivatives, over every output it acts on."""
        if not self.joint:
            return product(self._g(j), Quantity(Partial(self._a(j), self._z(j))))
        if isinstance(j, Index):
            k = self.other(j)
            body = Product((self._g(k), Quantity(Partial(self._a(k), self._z(j)))))
            return IndexedSum(body, k, 1, len(self.layer.units))
        return total(
            *(Product((self._g(k), Quantity(Partial(self._a(k), self._z(j))))) for k in self.layer.units)
        )

    def pre_activation_forms(self, j: int) -> tuple[Form, ...]:
        """∂L/∂z_j: the chain rule over every output, the factors put in, what is left of them."""
        if not self.joint:
            return (
                Form(self.chain(j), Reason.CHAIN_RULE),
                Form(
                    product(self.in_activation(j), self._slope(j)),
                    Reason.LOCAL_DERIVATIVES,
                ),
                Form(self.in_pre_activation(j), Reason.CANCELLATION),
            )
        steps = [
            Form(self.chain(j), Reason.CHAIN_RULE),
            Form(self._jacobian_put_in(j, self._g), Reason.LOCAL_DERIVATIVES),
        ]
        if self._cancelled(j) is not None:
            steps.append(Form(self._cross_entropy_put_in(j), Reason.CANCELLATION))
            for_any_target = cancelled(self.objective, j, self.sample, Values())
            assert for_any_target is not None
            steps.append(Form(for_any_target, Reason.COLLECTED))
            steps.append(Form(self.in_pre_activation(j), Reason.ONE_HOT))
            return distinct(steps)
        steps.append(Form(self._collected_jacobian(j), self._collecting))
        if self._two_output_factor() is not None:
            steps.append(Form(self._collected_jacobian(j, self.in_activation), Reason.FACTORS))
        steps.append(Form(self.in_pre_activation(j), Reason.CANCELLATION))
        return distinct(steps)

    def one_hot(self, j: int) -> Expr | None:
        """∂L/∂z_j where the targets add up to 1, if that is simpler; None where it says nothing new."""
        targets = [self.objective.target(k, self.sample) for k in self.layer.units]
        if not self.joint or all(symbol in self.values for symbol in targets):
            return None
        if cancelled(self.objective, j, self.sample, self.values) is not None:
            error = Sum((self._probability(j), Negation((self._y(j),))))
            return product(*self._cross_entropy_coefficient(), error)
        both = self._two_output_factor()
        if both is None:
            return None
        return product(*self.softmax.factor, number(2), self._error(j), both)

    # ------------------------------------------------------------------ softmax

    def jacobian(self, k: Unit, j: Unit) -> Expr:
        """∂a_k/∂z_j."""
        entry = self.graph.derivative(self._a(k), self._z(j))
        assert entry is not None
        return entry

    def jacobian_sum(self, j: Unit) -> Expr:
        """Σ_k ∂L/∂a_k · a_k (1[k = j] − a_j), with index variables."""
        assert isinstance(j, Index)
        k = self.other(j)
        return IndexedSum(product(self._g(k), self.jacobian(k, j)), k, 1, len(self.layer.units))

    def other(self, j: Index) -> Index:
        """An index variable of the same layer other than j."""
        return next(index for index in index_variables(self.objective.problem, 4)[2:] if index != j)

    def _jacobian_put_in(self, j: int, of: Callable[[Unit], Expr]) -> Expr:
        """Σ_k ∂L/∂a_k ∂a_k/∂z_j with the Jacobian's entries, the unit's own first."""
        return total(*(signed_product(of(k), self.jacobian(k, j)) for k in self.layer.units))

    @property
    def _collecting(self) -> Reason:
        two = len(self.layer.units) == 2 and not self.softmax.logarithm
        return Reason.TWO_OUTPUTS if two else Reason.COLLECTED

    def _collected_jacobian(self, j: int, of: Callable[[Unit], Expr] | None = None) -> Expr:
        """a_j a_k (g_j − g_k) for two outputs; a_j (g_j (1 − a_j) − Σ g_k a_k) for more (g by name, or `of`).

        Of a logarithm of shares g_j − e^{a_j} Σ g_k; over the temperature where there is one.
        """
        g = of or self._g
        others = [k for k in self.layer.units if k != j]
        a = Quantity(self._a(j))
        if self.softmax.logarithm:
            together = total(*map(g, self.layer.units))
            return Sum((g(j), Negation((product(self._probability(j), together),))))
        if len(others) == 1:
            (k,) = others
            first, second = sorted((j, k))
            return Product(
                (
                    *self.softmax.factor,
                    Quantity(self._a(first)),
                    Quantity(self._a(second)),
                    Sum((g(j), Negation((g(k),)))),
                )
            )
        own = product(g(j), Sum((number(1), Negation((a,)))))
        rest = (Negation((product(g(k), Quantity(self._a(k))),)) for k in others)
        return Product((*self.softmax.factor, a, Sum((own, *rest))))

    def _through_jacobian(self, j: Unit) -> Expr:
        """The closed form of Σ_k ∂L/∂a_k ∂a_k/∂z_j where nothing cancels to a − y."""
        if isinstance(j, Index):
            return Quantity(Partial(LOSS, self._z(j)))
        both = self._two_output_factor()
        if both is None:
            return self._collected_jacobian(j)
        (k,) = (other for other in self.layer.units if other != j)
        return product(*self.softmax.factor, both, Sum((self._error(j), Negation((self._error(k),)))))

    def _two_output_factor(self) -> Expr | None:
        """q a (1 − a), summed over the losses, with a (1 − a) = a_1 a_2: for two outputs and errors."""
        if len(self.layer.units) != 2 or self.softmax.logarithm:
            return None
        both = Product(tuple(Quantity(self._a(k)) for k in self.layer.units))
        return error_factor_times(self.objective, both)

    def _cross_entropy_put_in(self, j: int) -> Expr:
        """−y_j (1 − a_j) + Σ y_k a_j: the factors a_k of the Jacobian cancel against ∂ℓ/∂a_k = −y_k / a_k."""
        a, y = self._probability(j), self._y
        own = Negation((Product((y(j), Sum((number(1), Negation((a,)))))),))
        rest = [Product((y(k), a)) for k in self.layer.units if k != j]
        body = total(own, *rest)
        return product(*self._cross_entropy_coefficient(), body)

    def _cross_entropy_coefficient(self) -> list[Expr]:
        (term,) = self.objective.terms
        return [*self.objective.coefficient(term), *self.softmax.factor]

    # ------------------------------------------------------------------ errors

    def _cancelled(self, j: Unit) -> Expr | None:
        """∂L/∂z_j where the derivative of the activation cancels: a − y and its relatives."""
        plain = cancelled(self.objective, j, self.sample, self.values)
        if plain is not None or self.layer.layer.activation.name != "sigmoid":
            return plain
        factor = error_factor_times(self.objective, self._slope(j))
        return None if factor is None else product(*leading(factor, self._error(j)))

    # ------------------------------------------------------------------ quantities

    def _a(self, k: Unit) -> Symbol:
        return layer_activation(self.layer.index, k, self.sample)

    def _z(self, k: Unit) -> Symbol:
        return self.layer.z(k, self.sample)

    def _g(self, k: Unit) -> Expr:
        return Quantity(Partial(LOSS, self._a(k)))

    def _y(self, k: Unit) -> Expr:
        return Quantity(self.objective.target(k, self.sample))

    def _error(self, k: Unit) -> Expr:
        return Sum((Quantity(self._a(k)), Negation((self._y(k),))))
