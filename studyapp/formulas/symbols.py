"""The signs of formulas: which character each macro stands for, and how that character takes part in a formula."""

from __future__ import annotations

from enum import Enum, auto


class Role(Enum):
    """How a sign takes part in a formula; spacing and brackets follow from it."""

    ORDINARY = auto()
    """A letter, a number, a sign that stands for itself."""
    WORD = auto()
    """A name of several letters, such as log or softmax."""
    BIG = auto()
    """A sum, a product, an integral."""
    BINARY = auto()
    """An operation that binds tighter than plus, or as loosely as a relation does not: times, set union."""
    ADDITIVE = auto()
    """Plus, minus, plus-minus."""
    SIGN = auto()
    """A plus or minus with nothing on its left."""
    RELATION = auto()
    OPEN = auto()
    CLOSE = auto()
    BAR = auto()
    """A vertical bar of which nobody knows whether it opens, closes or divides."""
    SLASH = auto()
    PUNCTUATION = auto()
    SPACE = auto()


def _table(text: str) -> dict[str, str]:
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def names(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


ORDINARY = _table(
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ "
    "mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ "
    "psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω varkappa ϰ "
    "infty ∞ partial ∂ nabla ∇ hbar ℏ ell ℓ Re ℜ Im ℑ aleph ℵ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ "
    "neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ diamond ⋄ checkmark ✓ prime ′ backslash \\ "
    "ldots … dots … cdots ⋯ dotsc … dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ imath ı jmath ȷ "
    "wp ℘ complement ∁ triangledown ▿ blacksquare ■ lozenge ◊ bigstar ★ "
    "dagger † ddagger ‡ degree ° % % $ $ # # & & _ _ S § P ¶ copyright © euro € pounds £"
)
BINARY = _table(
    "cdot · times × div ÷ ast * star ⋆ circ ∘ bullet • odot ⊙ otimes ⊗ oplus ⊕ ominus ⊖ oslash ⊘ cap ∩ cup ∪ "
    "sqcap ⊓ sqcup ⊔ setminus ∖ smallsetminus ∖ wedge ∧ land ∧ vee ∨ lor ∨ wr ≀ amalg ⨿ bmod mod uplus ⊎ colon : "
    "ltimes ⋉ rtimes ⋊ boxplus ⊞ boxtimes ⊠"
)
ADDITIVE = _table("pm ± mp ∓ plus + minus −")
RELATION = _table(
    "le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ approx ≈ sim ∼ simeq ≃ cong ≅ equiv ≡ "
    "asymp ≍ propto ∝ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ perp ⊥ parallel ∥ "
    "mid | nmid ∤ vdash ⊢ models ⊨ prec ≺ preceq ⪯ succ ≻ succeq ⪰ doteq ≐ triangleq ≜ coloneqq ≔ "
    "to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ "
    "impliedby ⟸ iff ⟺ mapsto ↦ longrightarrow ⟶ longleftarrow ⟵ Longrightarrow ⟹ Longleftrightarrow ⟺ "
    "longmapsto ⟼ uparrow ↑ downarrow ↓ nearrow ↗ searrow ↘ hookrightarrow ↪ rightharpoonup ⇀ leadsto ⇝ "
    "therefore ∴ because ∵ lesssim ≲ gtrsim ≳ approxeq ≊ "
    "nless ≮ ngtr ≯ nleq ≰ ngeq ≱ nsubseteq ⊈ supsetneq ⊋ sqsubseteq ⊑ sqsupseteq ⊒ trianglelefteq ⊴ preccurlyeq ≼ "
    "succcurlyeq ≽ vDash ⊨ dashv ⊣ Longleftarrow ⟸ longleftrightarrow ⟷ Uparrow ⇑ Downarrow ⇓ updownarrow ↕ "
    "nwarrow ↖ swarrow ↙ hookleftarrow ↩ rightleftharpoons ⇌ rightsquigarrow ⇝"
)
BIG = _table(
    "sum Σ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀ "
    "bigsqcup ⨆ biguplus ⨄ bigodot ⨀"
)
WORDS = names(
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max "
    "min Pr sec sin sinh sup tan tanh"
)
OPENING = _table("{ { lbrace { lbrack [ langle ⟨ lceil ⌈ lfloor ⌊ lvert | lVert ‖ lgroup ( llbracket ⟦")
CLOSING = _table("} } rbrace } rbrack ] rangle ⟩ rceil ⌉ rfloor ⌋ rvert | rVert ‖ rgroup ) rrbracket ⟧")
BARS = _table("vert | Vert ‖ | ‖")
SPACES = {
    **dict.fromkeys([",", ":", ">", ";", " ", "\n", "space", "enspace", "thinspace", "medspace", "thickspace"], " "),
    **dict.fromkeys(["quad", "qquad"], "   "),
    **dict.fromkeys(["!", "negthinspace", "/"], ""),
}
DROPPED = names(
    "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag large Large LARGE huge Huge "
    "small footnotesize scriptsize "
    "tiny normalsize big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm "
    "biggm Biggm rm bf it sf tt cal mathstrut strut null relax boldmath hline noindent centering"
)
"""Macros that change how a formula looks and not what it says."""

ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "underline": "\u0332",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "dddot": "\u20db",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
    "mathring": "\u030a",
}
NEGATION = "\u0338"

RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡᵀ′",
        strict=True,
    )
)
"""Superscripts; the degree sign, primes and the transpose need no raising of their own."""
LOWERED = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)

_DOUBLE_STRUCK = {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"}
_SCRIPT = {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ", "e": "ℯ", "g": "ℊ", "o": "ℴ"}
_FRAKTUR = {"C": "ℭ", "H": "ℌ", "I": "ℑ", "R": "ℜ", "Z": "ℨ"}
ALPHABETS: dict[str, tuple[dict[str, str], int]] = {
    "mathbb": (_DOUBLE_STRUCK, 0x1D538),
    "mathcal": (_SCRIPT, 0x1D49C),
    "mathscr": (_SCRIPT, 0x1D49C),
    "mathfrak": (_FRAKTUR, 0x1D504),
}
"""Alphabets with characters of their own: the exceptions, and where the rest begins (A-Z, then a-z)."""


def styled(alphabet: str, letter: str) -> str:
    r"""A letter in one of the ALPHABETS, such as ℝ for `\mathbb{R}`; what the alphabet lacks stays as it is."""
    exceptions, start = ALPHABETS[alphabet]
    if letter in exceptions:
        return exceptions[letter]
    if "A" <= letter <= "Z":
        return chr(start + ord(letter) - ord("A"))
    if "a" <= letter <= "z":
        return chr(start + 26 + ord(letter) - ord("a"))
    if alphabet == "mathbb" and letter.isascii() and letter.isdigit():
        return chr(0x1D7D8 + int(letter))
    return letter


def _signs() -> dict[str, Role]:
    roles = dict.fromkeys((*BINARY.values(), "*", "∗", ":"), Role.BINARY)
    roles |= dict.fromkeys((*RELATION.values(), "=", "<", ">"), Role.RELATION)
    roles |= dict.fromkeys(BIG.values(), Role.BIG) | {"∑": Role.BIG}
    roles |= dict.fromkeys((*OPENING.values(), "(", "["), Role.OPEN)
    roles |= dict.fromkeys((*CLOSING.values(), ")", "]"), Role.CLOSE)
    roles |= (
        dict.fromkeys("+−±∓", Role.ADDITIVE) | dict.fromkeys("|‖", Role.BAR) | dict.fromkeys(",;.", Role.PUNCTUATION)
    )
    roles |= {"/": Role.SLASH, "∕": Role.SLASH, "Σ": Role.ORDINARY, "⊥": Role.ORDINARY}
    return roles


SIGNS: dict[str, Role] = _signs()
"""The role of each character that an author may type as it is; all others are ordinary."""
