"""What the one-line form of a formula looks like, and that nothing an author types can break it."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studyapp.formulas import fault, linear, symbols, syntax, unknown_macros
from studyapp.formulas.showing import DEEPEST, HIDDEN, LONGEST


def check(latex: str, text: str) -> None:
    """Compare, with a plain message."""
    assert linear(latex) == text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{1}{1+e^{-x}}", "1/(1 + e⁻ˣ)"),
        (r"\frac{a+b}{c}", "(a + b)/c"),
        (r"\frac{e^z – e^{-z}}{2}", "(eᶻ − e⁻ᶻ)/2"),
        (r"\frac{2x}{y}", "2x/y"),
        (r"\frac{1}{2\sigma^2}", "1/(2σ²)"),
        (r"\frac12", "1/2"),
        (r"\frac ab", "a/b"),
        (r"\frac{-x}{y}", "(−x)/y"),
        (r"\frac{\frac{a}{b}}{\frac{c}{d}}", "(a/b)/(c/d)"),
        (r"{a \over b+c}", "a/(b + c)"),
        (r"\frac{n!}{k!(n-k)!}", "n!/(k!(n − k)!)"),
        (r"\frac{\log x}{x}", "(log x)/x"),
        (r"\frac{1}{\exp(x)}", "1/exp(x)"),
        (r"\frac{1}{\sqrt{x}}", "1/√x"),
        (r"\frac{\sqrt{x}}{2}", "(√x)/2"),
        (r"\frac{1}{P(A|B)}", "1/P(A|B)"),
        (r"\frac{1}{a(b+c)}", "1/(a(b + c))"),
        (r"\frac{1}{f(b)} + \frac{1}{f(b; c)} + \frac{1}{f(b{,}c)}", "1/(f(b)) + 1/f(b; c) + 1/(f(b,c))"),
        (r"\frac{\log_2 x}{2} + \frac{2}{\log_2 x}", "(log₂ x)/2 + 2/(log₂ x)"),
        (r"\frac{\sum_i x_i}{n} + \frac{\max_x y}{2}", "(Σᵢ xᵢ)/n + (maxₓ y)/2"),
        (r"\frac{1}{\begin{aligned} a &= b \end{aligned}}", "1/(a = b)"),
        (r"\nicefrac{1}{2} + \cfrac[l]{1}{2} + \left( a \over b \right)", "1/2 + 1/2 + (a/b)"),
        (r"1/{ab} + {ab}/2", "1/(ab) + (ab)/2"),
        (r"\frac{\text{right answers}}{\text{answers}}", "(right answers)/answers"),
    ],
)
def test_a_fraction_keeps_its_numerator_and_denominator_together(latex: str, text: str) -> None:
    """Brackets stand around a sum above and around anything but one factor below."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial f}{\partial x} + \frac{d^2f}{dx^2} + \frac{d}{d\hat y}", "∂f/∂x + d²f/dx² + d/dŷ"),
        (r"\frac{\partial f}{dx} + \frac{a}{dx} + \frac{d}{\partial x}", "∂f/(dx) + a/(dx) + d/(∂x)"),
        (r"\frac{a}{ab} + \frac{a}{db} + \frac{a}{d\hat y} + \frac{d}{a\hat y}", "a/(ab) + a/(db) + a/(dŷ) + d/(aŷ)"),
        (r"\frac{x\partial}{\partial x} + \frac{d}{d2}", "x∂/(∂x) + d/(d2)"),
        (r"\frac{\partial f}{\partial x \partial y} + \frac{df}{d\hat{xy}}", "∂f/(∂x∂y) + df/(d hat(xy))"),
    ],
)
def test_only_a_derivative_goes_without_brackets_below(latex: str, text: str) -> None:
    """By one letter, with the same sign first above and below; any other product below gets them."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{1}{2}x", "(1/2) x"),
        (r"x\,\frac{1}{2}", "x (1/2)"),
        (r"2\frac12", "2 (1/2)"),
        (r"\frac{1}{2}\cdot\frac{a}{b}", "(1/2) · (a/b)"),
        (r"\log\frac{a}{b}", "log(a/b)"),
        (r"\frac{1}{n}\sum_i x_i", "(1/n) Σᵢ xᵢ"),
        (r"\sum_i \frac{x_i}{n}", "Σᵢ (xᵢ/n)"),
        (r"a/-\frac{b}{c}", "a/−(b/c)"),
        (r"\text{bias}^2 + \text{variance} - \mathrm{noise} - 1", "bias² + variance − noise − 1"),
        (r"\log -x", "log −x"),
        (r"x - \frac{a}{b} = \frac{c}{d}", "x − a/b = c/d"),
        (r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (r"\frac{a}{b}^2", "(a/b)²"),
        (r"\frac{a}{b}|x|", "(a/b) |x|"),
        (r"\frac{a}{b} \text{ if } x", "a/b if x"),
        (r"\frac{a}{b} \quad c + a \cdot -\frac{b}{c} - -\frac{b}{c}", "(a/b)   c + a · −(b/c) − −b/c"),
    ],
)
def test_a_fraction_beside_a_factor_gets_brackets(latex: str, text: str) -> None:
    """`1/2 x` could be read as `1/(2x)`, so it is never written."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\sqrt{x}", "√x"),
        (r"\sqrt{x+1}", "√(x + 1)"),
        (r"\sqrt[3]{x+1}", "∛(x + 1)"),
        (r"\sqrt[n]{x+1}", "(x + 1)^(1/n)"),
        (r"\sqrt{x^2}", "√(x²)"),
        (r"\sqrt{x}^2", "(√x)²"),
        (r"\sqrt{x}y", "√(x) y"),
        (r"2\sqrt{x}", "2√x"),
        (r"\sqrt x / 2", "√(x)/2"),
        (r"\sqrt{\hat v_t} + \epsilon", "√v̂ₜ + ϵ"),
        (r"\sqrt{(x+1)}", "√(x + 1)"),
        (r"\sqrt[4]{x} - \sqrt[3]{x} \cdot y", "∜x − ∛x · y"),
        (r"e^{\sqrt{x}-1} + e^{\sqrt{x}}", "e^(√(x)−1) + e^(√x)"),
    ],
)
def test_a_root_covers_one_thing_or_has_brackets(latex: str, text: str) -> None:
    """Nothing stands behind a bare root that it could be taken to cover."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("x_{ij}^2", "xᵢⱼ²"),
        ("x^2_{ij}", "xᵢⱼ²"),
        (r"w_{t+1}", "wₜ₊₁"),
        (r"n_{\text{in}} + n_{out}", "nᵢₙ + nₒᵤₜ"),
        (r"L_{\text{data}} + L_{data}", "L_data + L_(data)"),
        (r"x_b^2 y_b z", "x_(b)²y_b z"),
        (r"p_\theta(x)", "p_θ(x)"),
        (r"e^\pi y", "e^π y"),
        (r"e^\pi (x) + e^\pi [x] + p_\pi (x)", "e^π (x) + e^π [x] + p_π(x)"),
        (
            r"x^{a/b} + x^/ + x^| + x_{\{a\}} + x_{\langle a\rangle} + x^{(\pi)}",
            "x^(a/b) + x^(/) + x^| + x_{a} + x_⟨a⟩ + x^((π))",
        ),
        (r"x^{a \bmod 2}", "x^(a mod 2)"),
        (r"\text{ab}^2 + \text{a b}^2 + \text{a-b}_1", "ab² + (a b)² + (a-b)₁"),
        (r"\bar{x_i}^2 + \bar{x_i^2} + {x_i^2}^3", "x̄ᵢ² + bar(xᵢ²) + (xᵢ²)³"),
        ("{{x}_i^2}_j", "(xᵢ²)ⱼ"),
        (r"\overset{a}{x}^2 + \underset{i}{x}^2", "(xᵃ)² + xᵢ²"),
        (r"\mathbb{R_0} + \mathcal{L_{data}}", "ℝ₀ + ℒ_(data)"),
        (r"e^{-\frac{x^2}{2\sigma^2}}", "e^(−x²/(2σ²))"),
        (r"W^{(l)} a^{[l-1]}", "W⁽ˡ⁾a^[l−1]"),
        ("{x^a}^b", "(xᵃ)ᵇ"),
        ("{x_i}^2", "xᵢ²"),
        ("{a+b}^2", "(a + b)²"),
        (r"A^\top B^{-1} x^*", "AᵀB⁻¹x^*"),
        (r"90^\circ", "90°"),
        (r"f'(x) = f''(x)^2", "f′(x) = f″(x)²"),
        (r"f'^2", "f′²"),
        (r"f'_i + f_i' + f'''(x)^2 + x''_{i+m} + y_b' + y_b'^2", "f′ᵢ + f′ᵢ + f‴(x)² + x″ᵢ₊ₘ + y′_b + y′_(b)²"),
        (r"f''''", "f⁗"),
        (r"x_b^\circ + 90^\circ C", "x_(b)° + 90°C"),
        (r"10^{-3}", "10⁻³"),
        (r"\mathbb{R}^{n\times m}", "ℝ^(n×m)"),
        (r"\lVert x \rVert_2^2 + \|W\|_F^2", "‖x‖₂² + ‖W‖_(F)²"),
    ],
)
def test_scripts_are_unicode_where_every_character_has_one(latex: str, text: str) -> None:
    """Else they are `^(...)` and `_(...)`, and without brackets only where they cannot be misread."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\sum_{i=1}^{n} x_i", "Σ_(i=1)^n xᵢ"),
        (r"\prod_{i=1}^N p(x_i)", "∏_(i=1)^N p(xᵢ)"),
        (r"\int_0^1 f(x)\,dx", "∫₀¹ f(x) dx"),
        (r"\int_{-\infty}^\infty", "∫_(−∞)^∞"),
        (r"\lim_{x\to 0} \frac{\sin x}{x}", "lim_(x→0) ((sin x)/x)"),
        (r"\max_x f(x)", "maxₓ f(x)"),
        (r"\sum_{xy}^{ab} x + \sum_+^2 x + \sum_{-1}^2 x", "Σ_(xy)^(ab) x + Σ_+^2 x + Σ_(−1)^2 x"),
        (r"\operatorname{lim\,sup}_{n\to\infty} x + \log(a)(b)", "lim sup_(n→∞) x + log(a)(b)"),
        (r"\log_2 x + \ln x + \exp x", "log₂ x + ln x + exp x"),
        (r"\log{ab}", "log(ab)"),
        (r"\operatorname*{arg\,max}_\theta L(\theta)", "arg max_θ L(θ)"),
        (r"\underset{x}{\operatorname{argmin}}", "argminₓ"),
        (r"\operatorname{softmax}(z)_i", "softmax(z)ᵢ"),
        (r"\mathrm{Var}(W)\mathbf{x}^T", "Var(W)xᵀ"),
    ],
)
def test_sums_limits_and_names(latex: str, text: str) -> None:
    """Sums, integrals and limits name their bounds; names of functions stand apart from letters."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\hat m_t", "m̂ₜ"),
        (r"\bar{x} + \tilde y + \vec v + \dot x", "x̄ + ỹ + v⃗ + ẋ"),
        (r"\hat{y}", "ŷ"),
        (r"\bar{x_i} + \bar{x^2}", "x̄ᵢ + bar(x²)"),
        (r"\hat{xy}z", "hat(xy) z"),
        (r"\hat{\,x} + \textcolor{red}{y} + \color{red} z", "x̂ + y + z"),
        (r"x \to a+, b - = c", "x → a+, b−= c"),
        (r"\mathcal{L} \in \mathbb{E}", "ℒ ∈ 𝔼"),
        (r"\nabla_\theta L = \Delta w", "∇_θ L = Δw"),
        (r"\frac{\partial L}{\partial w_{ij}}", "∂L/∂wᵢⱼ"),
        (r"\frac{\partial L}{\partial \hat{y}}", "∂L/∂ŷ"),
        (r"\frac{d}{dx} x^2", "(d/dx) x²"),
        (r"\left.\frac{dy}{dx}\right|_{x=0}", "(dy/dx)|ₓ₌₀"),
        (r"a \le b \approx c \to d \propto e \sim f \neq g \pm h", "a ≤ b ≈ c → d ∝ e ∼ f ≠ g ± h"),
        (r"x \not\in A := B", "x ∉ A := B"),
        (r"x \stackrel{\text{h}}{=} y \overset{!}{=} z \underset{i}{+} z \underset{j}{a}", "x =ʰ y =^! z +ᵢ zaⱼ"),
        (r"a \xrightarrow[b]{c} d \xleftarrow{c} e \not= f", "a →_(b)ᶜ d ←ᶜ e ≠ f"),
        (r"a = \to b + (a-) - {-}, c \; \quad d \quad , e \quad \, f", "a =→ b + (a−) − −, c   d, e   f"),
        (r"a{=}b{,}c{+}d ‐ e ‑ f ‒ g", "a=b,c+d − e − f − g"),
        (r"x\!y\/z \mathstrut \quad \mathrm{12}x + \mathrm{x}y + \operatorname{x}y", "xyz   12x + xy + x y"),
        (r"⊥a \perp b ⋆ c \star d", "⊥a ⊥ b ⋆ c ⋆ d"),
        (r"x \mod y \pod z", "x (mod y) (z)"),
        (r"a \cdot b \times c \odot d", "a · b × c ⊙ d"),
        (r"x_1, \ldots, x_n", "x₁, …, xₙ"),
        (r"-x - -y = -\infty", "−x − −y = −∞"),
        (r"a \bmod b \pmod n", "a mod b (mod n)"),
        (r"50\% \; x=1,\quad y", "50% x = 1,   y"),
        (r"f(1, 200) + 1,000 + 10{,}000", "f(1, 200) + 1,000 + 10,000"),
        (r"1,000,000 + 1,0000 + .5 + 1.5", "1,000,000 + 1, 0000 + .5 + 1.5"),
        (r"\{x : |x| < 1\}", "{x : |x| < 1}"),
        (r"\left[0, 1\right)", "[0, 1)"),
        (r"[0, 1)^2 + (a, b]_i^2 + (a, [b", "[0, 1)² + (a, b]ᵢ² + (a, [b"),
        (r"|-a||-b|", "|−a||−b|"),
        (r"|x - |y|| + a|b|c|", "|x − |y|| + a|b|c|"),
        (r"x = |_0 y|", "x = |₀y|"),
        (r"|a \, | + b", "|a| + b"),
        (r"|a = | b", "|a = |b"),
        (r"\left< a \middle| b \right> - \left( a \left( b \right) c \right)", "⟨a | b⟩ − (a(b)c)"),
        (r"\left. a + b \right|_0 + \left\{ a \right.", "(a + b)|₀ + {a}"),
        (r"D(p \| q) = P(A|B) = p(y\mid x)", "D(p‖q) = P(A|B) = p(y | x)"),
    ],
)
def test_accents_signs_and_brackets(latex: str, text: str) -> None:
    """Accents combine with one letter; operators and relations have their sign; a minus is a minus."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}^T", "(1, 2; 3, 4)ᵀ"),
        (r"\left[\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right]", "[1, 2; 3, 4]"),
        (r"\begin{matrix} a \\ b \end{matrix} x", "[a; b]x"),
        (r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}", "{x if x > 0; 0 otherwise}"),
        (r"\begin{cases} x, & x > 0 \\ 0, & x \le 0 \end{cases}", "{x, x > 0; 0, x ≤ 0}"),
        (r"\begin{aligned} a &= b + c \\ &= d \end{aligned}", "a = b + c; = d"),
        (r"a &= b \\ c &= d", "a = b; c = d"),
        (r"\left( \begin{matrix} a \\ b \end{matrix} \right) + \begin{Bmatrix} a & b \end{Bmatrix}", "(a; b) + {a, b}"),
        (r"\begin{Vmatrix} a & b \\ c & d \end{Vmatrix}", "‖a, b; c, d‖"),
        (r"\begin{dcases} a, & b \\ c \end{dcases} = \begin{rcases} a \\ b \end{rcases}", "{a, b; c} = {a; b}"),
        (r"\begin{alignat}{2} a &= b \end{alignat}", "a = b"),
        (r"\begin{alignedat}{2} a &= b \\[2pt] c &= d \\ \end{alignedat}", "a = b; c = d"),
        (r"a \\ [b] \\* c", "a; [b]; c"),
    ],
)
def test_tables_stand_on_one_line(latex: str, text: str) -> None:
    """Rows end with a semicolon, cells of a matrix with a comma."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "text"),
    [(r"\foo{a}{b+c} d", "foo(a, b + c) d"), (r"\foo x", "foo x"), (r"\binom{n}{k}", "binom(n, k)")],
)
def test_an_unknown_macro_keeps_its_name_and_its_arguments(latex: str, text: str) -> None:
    """It is shown as a function of what stands in braces after it."""
    check(latex, text)


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        (r"\unk{x} + \foo_\bar{\baz} - \unk", ("unk", "foo", "baz")),
        (
            r"\frac{\one}{\sqrt[\two]{x}} \left( \three \middle| {\four} \right)^\five",
            ("one", "two", "three", "four", "five"),
        ),
        (r"\begin{cases} \one & \text{if $\two$} \end{cases} \not\three", ("one", "two", "three")),
        (r"a \over b \\[2pt] \Big\lfloor c \choose d \, \% \| \quad \{ \atop", ()),
        (r"\phantom{\unk} x", ()),
        (r"\unk{", ()),
        (r"\unk{x}" + "\N{ESCAPE}% a comment \\foo\n+ b", ("unk",)),
        ("unk(x)", ()),
    ],
)
def test_macros_that_nobody_knows_are_told(latex: str, names: tuple[str, ...]) -> None:
    """In order and each once, wherever they are shown; none of a formula that cannot be read."""
    assert unknown_macros(latex) == names


@pytest.mark.parametrize("name", sorted({*syntax.TAKES, *symbols.DROPPED, *symbols.WORDS, *syntax.STRUCTURE}))
def test_a_macro_is_either_known_or_told(name: str) -> None:
    """What is told is shown as a word, and no other macro is but the names of functions."""
    assert unknown_macros(rf"\{name}{{x}}{{y}}") == ()
    assert unknown_macros(rf"\un{name}{{x}}{{y}}") == (() if fault(rf"\un{name}{{x}}") else (f"un{name}",))


@pytest.mark.parametrize(
    "latex",
    [
        "{", "}", "a^", "x^a^b", "x_a_b", r"\frac{1}", r"\left( x", r"x \right)", r"\begin{cases} x", "50% of x",
        r"\hat", r"\hat\mathbf{x}", "x'^a'", "a}b{", "(" * (DEEPEST + 1), "]" * 9 + "(" * (DEEPEST + 1),
        "x" * (LONGEST + 1), "\\", r"\not{ab}",
    ],
)  # fmt: skip
def test_what_tex_would_refuse_is_shown_as_it_is(latex: str) -> None:
    """A parse error shows the source unchanged; so do formulas beyond all measure, and a comment that would hide.

    Why is said in one line of words, without the parser's own places.
    """
    check(latex, latex)
    why = fault(latex)
    assert why
    assert why[0] == why[0].lower()
    assert "\n" not in why
    assert "@(" not in why


def test_a_formula_at_its_bounds_is_read() -> None:
    """The longest and the deepest one are no exception."""
    assert fault("x" * LONGEST) == fault("(" * DEEPEST + "x" + ")" * DEEPEST) == ""


@pytest.mark.parametrize("control", "\x00\x07\x1b\x7f\x85\x9b\u2028\u2029\u202a\u202e\u2066\u2069")
def test_control_characters_are_blanks(control: str) -> None:
    """In a formula that can be read and in one that cannot."""
    assert linear(f"\\text{{a{control}b}}") == "a b"
    assert linear(f"a{control}b}}") == "a b}"


def test_a_formula_of_which_nothing_would_be_seen_has_a_fault() -> None:
    """It is shown as it stands, too."""
    check(r"\phantom{x}", r"\phantom{x}")
    assert fault(r"\phantom{x}") == fault(" ") == "nothing of it would be seen"


def test_line_ends_and_comments_at_their_ends_are_left_out() -> None:
    """A formula may stand on several lines; the result never does."""
    check("a % the first\n+ b\r\n+\tc", "a + b + c")


FRAGMENTS = r"""
\frac \sqrt \hat \left( \right) \left. \sum \text{ \mathrm \begin{cases} \end{cases} \over \\ & ^ _ ' { } [ ] ( ) |
\| $ % # ~ \, \foo \mathbb{R} \operatorname* \not \limits \alpha x 12 . , - + / = é 漢 \{ \} \[ \] \( \begin{ \end
\middle \binom \underset \bar \verb \item \u \' \pmod \tag* \xrightarrow[ \hspace* \array \begin{array}
"""
fragments = st.sampled_from(FRAGMENTS.split())


@settings(max_examples=500, deadline=None)
@given(st.lists(fragments | st.text(max_size=4), max_size=25).map(" ".join) | st.text(max_size=60))
def test_nothing_that_can_be_typed_raises_or_lets_a_control_character_through(latex: str) -> None:
    """Whatever comes in, text for one line comes out."""
    text = linear(latex)
    assert not any(unicodedata.category(one) in ("Cc", "Zl", "Zp") for one in text)
    assert not any(one in text for one in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    if fault(latex) and HIDDEN not in latex:
        assert text.split() == re.sub("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", " ", latex).split()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from("abxyz12+-=()"), min_size=1, max_size=20).map("".join))
def test_plain_letters_and_operators_only_gain_spaces(latex: str) -> None:
    """What has one dimension already is not touched but for spaces and the sign of a minus."""
    assert linear(latex).replace(" ", "") == latex.replace("-", "−")


def test_importing_it_costs_nothing() -> None:
    """Neither pylatexenc nor the tables are loaded before the first formula."""
    code = (
        "import sys; import studyapp.formulas as f; "
        "assert not {'pylatexenc', 'studyapp.formulas.symbols'} & set(sys.modules); "
        "f.linear('x^2'); assert 'pylatexenc' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
