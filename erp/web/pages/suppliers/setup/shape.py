"""The fields of a form, made of a dialect's pydantic model.

A model is a group of fields; a model that may be left out has a box to tick; one of
several models has a choice, and shows the fields of what is chosen. What has no control
of its own is written as JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from suppliers.dialects.declared.expressions import Path


class Control(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    TICK = "tick"
    CHOICE = "choice"
    PLACE = "place"  # a JMESPath expression
    LINES = "lines"  # one value on each line
    PAIRS = "pairs"  # name = value
    RECORDS = "records"  # one => two => three
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One control; `default` is what it is without being said."""

    path: str
    control: Control
    is_needed: bool
    default: object = None
    choices: tuple[str, ...] = ()  # of a choice, or of the right sides of pairs
    columns: tuple[str, ...] = ()  # of a record
    allows_nothing: bool = False  # pairs: a right side may be left empty


@dataclass(frozen=True, slots=True)
class Group:
    """Several controls; with variants, those of the chosen one."""

    path: str
    parts: tuple["Leaf | Group", ...] = ()
    is_optional: bool = False
    choice: str = ""  # the name of the field that chooses between variants
    variants: Mapping[str, tuple["Leaf | Group", ...]] = field(default_factory=dict)
    default: object = None

    @property
    def choice_path(self) -> str:
        return f"{self.path}.{self.choice}"

    def parts_for(self, chosen: str) -> tuple["Leaf | Group", ...]:
        return self.variants.get(chosen, ()) if self.variants else self.parts

    @property
    def usual(self) -> str:
        """The variant that is chosen until somebody chooses."""
        chosen = getattr(self.default, self.choice, "") if self.choice else ""
        return str(chosen or next(iter(self.variants), ""))


Node = Leaf | Group


@cache
def shape_of(model: type[BaseModel], path: str) -> Group:
    return Group(path, tuple(_nodes(model, path)))


def _nodes(model: type[BaseModel], path: str, but: str = "") -> Iterator[Node]:
    for name, info in model.model_fields.items():
        if name != but:
            yield _node(f"{path}.{name}", info)


def _node(path: str, info: FieldInfo) -> Node:
    kind, allows_none = _bare(info.annotation)
    default = info.get_default(call_default_factory=True)
    is_needed = default is PydanticUndefined
    default = None if is_needed else default
    if info.discriminator is not None or _is_union_of_models(kind):
        choice = info.discriminator or _discriminator(info.annotation)
        return _variants(path, kind, str(choice), allows_none, default)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return Group(path, tuple(_nodes(kind, path)), allows_none, default=default)
    return _leaf(path, kind, is_needed, default)


def _variants(
    path: str, kind: Any, choice: str, is_optional: bool, default: object
) -> Group:
    variants = {
        str(tag): tuple(_nodes(model, path, but=choice))
        for model in get_args(kind)
        for tag in get_args(model.model_fields[choice].annotation)
    }
    return Group(
        path, (), is_optional, choice=choice, variants=variants, default=default
    )


def _leaf(path: str, kind: Any, is_needed: bool, default: object) -> Leaf:
    if kind is bool:
        return Leaf(path, Control.TICK, False, default)
    if kind is int:
        return Leaf(path, Control.NUMBER, is_needed, default)
    if kind is Path:
        return Leaf(path, Control.PLACE, is_needed, default)
    if kind is str:
        return Leaf(path, Control.TEXT, is_needed, default)
    choices = _choices(kind)
    if choices:
        return Leaf(path, Control.CHOICE, is_needed, default, choices)
    return _many(path, kind, is_needed, default)


def _many(path: str, kind: Any, is_needed: bool, default: object) -> Leaf:
    origin, within = get_origin(kind), get_args(kind)
    if origin is dict:
        value, allows_nothing = _bare(within[1])
        choices = _choices(value)
        if choices or value in (str, int):
            return Leaf(
                path,
                Control.PAIRS,
                is_needed,
                default,
                choices,
                allows_nothing=allows_nothing,
            )
    if origin is tuple:
        value, _ = _bare(within[0])
        if isinstance(value, type) and issubclass(value, BaseModel):
            columns = tuple(value.model_fields)
            return Leaf(path, Control.RECORDS, is_needed, default, columns=columns)
        if value in (str, int):
            return Leaf(path, Control.LINES, is_needed, default)
    return Leaf(path, Control.JSON, is_needed, default)


def _choices(kind: Any) -> tuple[str, ...]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(each.value) for each in kind)
    if get_origin(kind) is Literal:
        return tuple(str(each) for each in get_args(kind))
    return ()


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The type without its marks, and whether None may stand in its place."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        kept = [each for each in get_args(annotation) if each is not NoneType]
        if len(kept) == 1:
            return _bare(kept[0])[0], True
    return annotation, False


def _is_union_of_models(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and all(
        isinstance(each, type) and issubclass(each, BaseModel)
        for each in get_args(kind)
    )


def _discriminator(annotation: Any) -> str:
    """The field that a union within a union is chosen by."""
    for each in (annotation, *get_args(annotation)):
        for mark in getattr(each, "__metadata__", ()):
            if isinstance(mark, FieldInfo) and mark.discriminator is not None:
                return str(mark.discriminator)
    return "kind"


def leaves(nodes: tuple[Node, ...]) -> Iterator[Leaf]:
    """Every control there can be, whatever is chosen."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
            continue
        yield from leaves(node.parts)
        for variant in node.variants.values():
            yield from leaves(variant)


def groups(nodes: tuple[Node, ...]) -> Iterator[Group]:
    for node in nodes:
        if isinstance(node, Group):
            yield node
            yield from groups(node.parts)
            for variant in node.variants.values():
                yield from groups(variant)
