"""Between a dialect's options and the flat fields of a form that were typed.

`typed_of` shows options, `options_of` reads what was typed back; what is not said in
the options is shown as its default. Errors are words by the path of their field.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from pydantic import BaseModel

from erp.web.frame.words import _
from erp.web.pages.suppliers.setup.shape import Control, Group, Leaf, Node

EQUALS = " = "
ARROW = " => "
Typed = dict[str, str]


@dataclass(slots=True)
class Gathered:
    """Options as they were typed, not yet judged by their model."""

    options: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def typed_of(group: Group, options: Mapping[str, object]) -> Typed:
    """Every field of the form over these options."""
    return dict(_typed(group.parts, options, group.default))


def _typed(
    parts: Sequence[Node], said: Mapping[str, object], default: object
) -> Iterator[tuple[str, str]]:
    for node in parts:
        name = node.path.rpartition(".")[2]
        usual = getattr(default, name, node.default)
        value = said.get(name, _plain(usual))
        if isinstance(node, Leaf):
            yield node.path, text_of(node, value)
        else:
            yield from _typed_group(node, value, usual)


def _typed_group(
    node: Group, value: object, default: object
) -> Iterator[tuple[str, str]]:
    within: Mapping[str, object] = value if isinstance(value, Mapping) else {}
    if node.variants:
        chosen = str(within.get(node.choice, "")) if within else ""
        chosen = chosen or ("" if node.is_optional else node.usual)
        yield node.choice_path, chosen
        yield from _typed(node.parts_for(chosen), within, default)
        return
    if node.is_optional:
        yield node.path, "yes" if isinstance(value, Mapping) else ""
    yield from _typed(node.parts, within, default)


def text_of(leaf: Leaf, value: object) -> str:
    """A value as it stands in its field."""
    if value is None:
        return ""
    match leaf.control:
        case Control.TICK:
            return "yes" if value else ""
        case Control.LINES if isinstance(value, list | tuple):
            return "\n".join(str(each) for each in value)
        case Control.PAIRS if isinstance(value, Mapping):
            return "\n".join(_pair(name, each) for name, each in value.items())
        case Control.RECORDS if isinstance(value, list | tuple):
            return "\n".join(_record(leaf, each) for each in value)
        case Control.JSON:
            return json.dumps(value, indent=2, ensure_ascii=False)
    return str(value)


def _pair(name: str, value: object) -> str:
    return f"{name}{EQUALS}{'' if value is None else value}".rstrip()


def _record(leaf: Leaf, record: Any) -> str:
    said = [record.get(column) for column in leaf.columns]
    texts = ["" if each is None else str(each) for each in said]
    while texts and not texts[-1]:
        texts.pop()
    return ARROW.join(texts)


def _plain(value: object) -> object:
    """A default of a model as it would stand in options."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def options_of(group: Group, typed: Mapping[str, str]) -> Gathered:
    """What was typed, as options; fields that were not on the form are not said."""
    gathered = Gathered()
    gathered.options = _gather(group.parts, typed, gathered.errors)
    return gathered


def _gather(
    parts: Sequence[Node], typed: Mapping[str, str], errors: dict[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for node in parts:
        name = node.path.rpartition(".")[2]
        if isinstance(node, Group):
            value = _gather_group(node, typed, errors)
        else:
            value = _value(node, typed.get(node.path), errors)
        if value is not None:
            found[name] = value
    return found


def _gather_group(
    node: Group, typed: Mapping[str, str], errors: dict[str, str]
) -> dict[str, Any] | None:
    if node.variants:
        usual = "" if node.is_optional else node.usual
        chosen = typed.get(node.choice_path, usual)
        if not chosen:
            return None
        return {node.choice: chosen} | _gather(node.parts_for(chosen), typed, errors)
    if node.is_optional and typed.get(node.path) != "yes":
        return None
    return _gather(node.parts, typed, errors)


def _value(leaf: Leaf, text: str | None, errors: dict[str, str]) -> Any:
    """The typed text as a value; None: nothing is said."""
    if text is None:
        return None
    if leaf.control is Control.TICK:
        return text == "yes"
    text = text.replace("\r\n", "\n").strip()
    if not text:
        return _nothing(leaf)
    try:
        return _read(leaf, text)
    except ValueError as error:
        errors[leaf.path] = str(error)
        return None


def _nothing(leaf: Leaf) -> Any:
    """An emptied field says so where something is usual; else it says nothing."""
    if leaf.control is Control.TEXT and isinstance(leaf.default, str) and leaf.default:
        return ""
    if leaf.control in (Control.LINES, Control.RECORDS) and leaf.default:
        return []
    if leaf.control is Control.PAIRS and leaf.default:
        return {}
    return None


def _read(leaf: Leaf, text: str) -> Any:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    match leaf.control:
        case Control.NUMBER:
            is_number = text.isascii() and text.isdecimal() and len(text) < 19
            return int(text) if is_number else text
        case Control.LINES:
            return lines
        case Control.PAIRS:
            return dict(_pairs(leaf, lines))
        case Control.RECORDS:
            return [_columns(leaf, line) for line in lines]
        case Control.JSON:
            return _json(text)
    return text


def _pairs(leaf: Leaf, lines: list[str]) -> Iterator[tuple[str, str | None]]:
    """The word before the last sign, if only certain words may follow; else the first.

    Codes of theirs may hold the sign, and so may texts of ours.
    """
    known: set[str] = set()
    for line in lines:
        split = line.rpartition if leaf.choices else line.partition
        name, sign, value = (each.strip() for each in split("="))
        if not sign or not name:
            raise ValueError(_("Write it as name = value: %(line)s", line=line[:60]))
        if name in known:
            raise ValueError(_("It stands there twice: %(name)s", name=name[:60]))
        known.add(name)
        yield name, None if not value and leaf.allows_nothing else value


def _columns(leaf: Leaf, line: str) -> dict[str, str]:
    parts = [each.strip() for each in line.split(ARROW.strip())]
    if len(parts) > len(leaf.columns):
        raise ValueError(_("There is too much on this line: %(line)s", line=line[:60]))
    said = zip(leaf.columns, parts, strict=False)
    return {name: value for name, value in said if value}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(_("This is no JSON: %(why)s", why=str(error)[:100])) from error
