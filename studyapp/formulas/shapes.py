"""What kind of thing a node is to its neighbours: the questions behind every bracket that `writing` sets."""

from __future__ import annotations

from collections.abc import Sequence

from studyapp.formulas.nodes import (
    Accent,
    Call,
    Fenced,
    Fraction,
    Grid,
    Group,
    Hidden,
    Layout,
    Node,
    Root,
    Row,
    Scripted,
    Sign,
    Text,
)
from studyapp.formulas.symbols import WORDS, Role


def opened(row: Row) -> list[tuple[Node, Hidden | None]]:
    """The nodes of a row as `spliced` has them, each with what hides it."""
    found: list[tuple[Node, Hidden | None]] = []
    for node in _without_braces(row):
        if isinstance(node, Hidden):
            found += [(inner, node) for inner in spliced(node.body)]
        else:
            found.append((node, None))
    return found


def spliced(row: Row) -> list[Node]:
    r"""The row without invisible braces; braces that are an argument (`\log{ab}`, `1/{ab}`) become brackets.

    What is hidden counts as if it were shown: it takes part in its formula all the same.
    """
    return [node for node, _ in opened(row)]


def _without_braces(row: Row) -> list[Node]:
    nodes: list[Node] = []
    for place, node in enumerate(row):
        match node:
            case Group(()):
                continue
            case Group((_, _, *_) as body) if _wants_one_argument(nodes, row[place + 1 : place + 2]):
                nodes.append(Fenced("(", ")", tuple(body)))
            case Group(body):
                nodes += _without_braces(body)
            case Scripted(Scripted(base, below, ()), (), above):
                nodes.append(Scripted(base, below, above))
            case Scripted(Group((Scripted(base, below, ()),)), (), above):
                nodes.append(Scripted(base, below, above))
            case Accent(mark, name, (Scripted(base, below, ()),)):
                nodes.append(Scripted(Accent(mark, name, (base,)), below))
            case _:
                nodes.append(node)
    return nodes


def _wants_one_argument(nodes: list[Node], following: Row) -> bool:
    previous = right(nodes[-1]) if nodes else None
    return previous in (Role.WORD, Role.SLASH) or any(left(node) is Role.SLASH for node in following)


# --- neighbours ---------------------------------------------------------------------------------------------------


def left(node: Node) -> Role:
    """The role of a node's left end."""
    match node:
        case Sign(_, role):
            return role
        case Text(text):
            return Role.SPACE if text[:1].isspace() or not text else Role.WORD
        case Scripted(base):
            return left(base) if takes_scripts(base) else Role.OPEN
        case Fenced():
            return Role.OPEN
        case Grid() if opening(node):
            return Role.OPEN
        case Call():
            return Role.WORD
        case Accent() if accented_letter(node) is None:
            return Role.WORD
    return Role.ORDINARY


def right(node: Node) -> Role:
    """The role of a node's right end."""
    match node:
        case Sign(_, role):
            return role
        case Text(text):
            return Role.SPACE if text[-1:].isspace() or not text else Role.WORD
        case Scripted(Sign(_, Role.BAR)):
            return Role.CLOSE
        case Scripted(base):
            return right(base) if takes_scripts(base) else Role.CLOSE
        case Fenced() | Call():
            return Role.CLOSE
        case Grid() if closing(node):
            return Role.CLOSE
        case Accent() if accented_letter(node) is None:
            return Role.CLOSE
    return Role.ORDINARY


def before(nodes: Sequence[Node], place: int) -> Role | None:
    """The role of what stands before a place, spaces left out; None at the start.

    A word counts as a function that waits for its argument only if it is one of TeX's own: log, max.
    """
    last = next((nodes[other] for other in range(place - 1, -1, -1) if not _is_space(nodes[other])), None)
    if last is None:
        return None
    role = right(last)
    return Role.ORDINARY if role is Role.WORD and not _is_function(last) else role


def _is_function(node: Node) -> bool:
    match node:
        case Scripted(base):
            return _is_function(base)
        case Sign(text):
            return text in WORDS
    return False


def after(nodes: Sequence[Node], place: int) -> Role | None:
    """The role of what stands after a place, spaces left out; None at the end."""
    starts = (left(nodes[other]) for other in range(place + 1, len(nodes)) if not _is_space(nodes[other]))
    return next(starts, None)


def starts_a_term(nodes: Sequence[Node], place: int) -> bool:
    """Whether nothing binds a place to what stands before it, signs looked through: `a − −b/c`, but not `a · −b/c`."""
    signs = 0
    for other in range(place - 1, -1, -1):
        node = nodes[other]
        if _is_space(node):
            continue
        role = right(node)
        if role is Role.ADDITIVE:
            signs += 1
        elif role in (Role.RELATION, Role.PUNCTUATION, Role.OPEN, Role.SPACE):
            return True
        else:
            return signs > 0 and role not in (Role.BINARY, Role.SLASH, Role.WORD, Role.BIG)
    return True


def _is_space(node: Node) -> bool:
    return isinstance(node, Sign) and node.role is Role.SPACE


# --- what needs no brackets ---------------------------------------------------------------------------------------


def _visible(row: Row) -> list[Node]:
    return [node for node in spliced(row) if not _is_space(node)]


def is_product(row: Row) -> bool:
    """Whether a numerator can do without brackets: factors side by side, a name, a name with its argument."""
    nodes = _visible(row)
    return bool(nodes) and (all(_is_factor(node) for node in nodes) or _is_named(nodes))


def is_single(row: Row) -> bool:
    """Whether a denominator can do without brackets: one factor, one bare root, a name with its argument."""
    match _visible(row):
        case [Root()]:
            return True
        case [node] if _is_factor(node):
            return True
        case nodes:
            return _is_named(nodes)


def _is_factor(node: Node) -> bool:
    match node:
        case Sign(_, role):
            return role is Role.ORDINARY
        case Scripted(base):
            return not takes_scripts(base) or _is_factor(base)
        case Grid(layout):
            return layout is not Layout.ALIGNED
        case Fenced() | Call() | Accent():
            return True
    return False


def _is_named(nodes: Sequence[Node]) -> bool:
    match nodes:
        case [Text(text)]:
            return not any(character.isspace() for character in text)
        case [Sign() | Scripted() as name, Fenced("(" | "[", _, body)] if _lists_arguments(body):
            return _is_factor(name)
        case [Sign() | Scripted() as name] | [Sign() | Scripted() as name, Fenced("(" | "[")]:
            return right(name) is Role.WORD
    return False


def _lists_arguments(body: Row) -> bool:
    """Whether brackets cannot mean a product, since a comma or a bar stands in them: f(x, y), P(A|B)."""
    signs = [node for node in body if isinstance(node, Sign)]
    return any(sign.text in (",", ";", "|", "‖") and sign.role is not Role.ORDINARY for sign in signs)


def is_derivative(above: Row, below: Row) -> bool:
    """Whether a fraction is a derivative by one letter, whose `∂x` or `dx` is read as one thing."""
    match _visible(above)[:1], _visible(below):
        case [Sign(sign) | Scripted(Sign(sign))], [Sign(same), Sign(x) | Scripted(Sign(x))] if sign == same:
            return sign in ("∂", "d") and x.isalpha()
        case [Sign(sign) | Scripted(Sign(sign))], [Sign(same), Accent() as x] if sign == same:
            return sign in ("∂", "d") and accented_letter(x) is not None
    return False


def is_letter(row: Row) -> bool:
    """Whether a row is one letter or number, perhaps with an accent or a subscript: what a bare root may cover."""
    match _visible(row):
        case [Scripted(base, _, ())]:
            return is_letter((base,))
        case [Accent() as accent]:
            return accented_letter(accent) is not None
        case [Sign(_, role)]:
            return role is Role.ORDINARY
    return False


def is_in_round_brackets(row: Row) -> bool:
    """Whether a row already has the brackets that would be put around it."""
    match _visible(row):
        case [Fenced("(", ")")]:
            return True
    return False


def is_lone(row: Row) -> bool:
    """Whether a script of this row is read as one thing without brackets: `^*`, `_model`, `^[l]`."""
    match _visible(row):
        case [Sign(_, role)]:
            return role is not Role.SLASH
        case [Text(text)]:
            return text.isalnum()
        case [Fenced(opening, closing)]:
            return opening in ("[", "{", "⟨") and bool(closing)
    return False


def takes_scripts(node: Node) -> bool:
    """Whether scripts can stand at a node as it is written; others get brackets first."""
    match node:
        case Group(body):
            return not body
        case Text(text):
            return text.isalnum()
        case Grid():
            return bool(closing(node))
        case Fraction() | Root() | Scripted():
            return False
    return True


def accented_letter(accent: Accent) -> Node | None:
    """The one letter under an accent, perhaps accented itself; None for anything longer, or hidden."""
    match opened(accent.body):
        case [(Sign(text) as letter, None)] if len(text) == 1:
            return letter
        case [(Accent() as inner, None)] if accented_letter(inner):
            return inner
    return None


def as_power(root: Root) -> Scripted:
    """A root as a power, for a degree that has no sign of its own."""
    return Scripted(Fenced("(", ")", root.body), (), (Fraction((Sign("1"),), root.index),))


def opening(grid: Grid) -> str:
    """The bracket before a grid; a matrix without brackets gets square ones."""
    return "[" if grid.layout is Layout.MATRIX and not grid.opening else grid.opening


def closing(grid: Grid) -> str:
    """The bracket after a grid."""
    return "]" if grid.layout is Layout.MATRIX and not grid.closing else grid.closing
