"""A supplier's options on its form: shown, completed, judged."""

from collections.abc import Mapping

from erp.web.frame.words import N_
from erp.web.pages.suppliers.setup.filling import Typed, options_of, typed_of
from erp.web.pages.suppliers.setup.kinds import DECLARED, Way
from erp.web.pages.suppliers.setup.mistakes import mistakes
from suppliers.dialects.declared.presets import PRESETS

PRESET_TITLES = {
    "plain": N_("Bearer token, cursor, our own names"),
    "paged": N_("Key in a header, pages, errors inside good answers"),
    "signed": N_("Signed calls, pages by the header Link"),
    "blind": N_("Takes orders, answers nothing afterwards"),
}
FIRST_PRESET = next(iter(PRESETS))


def shown(way: Way | None, options: Mapping[str, object]) -> Typed:
    """The fields as they stand for stored options."""
    shape = None if way is None else way.shape
    return {} if shape is None else typed_of(shape, options)


def completed(way: Way | None, typed: Mapping[str, str]) -> Typed:
    """What was typed, and the fields that became needed by what was chosen."""
    shape = None if way is None else way.shape
    if way is None or shape is None:
        return dict(typed)
    if way.name == DECLARED and not _begun(way, typed):
        return {**shown(way, PRESETS[FIRST_PRESET]), **typed}
    return {**typed_of(shape, options_of(shape, typed).options), **typed}


def begun_anew(way: Way, typed: Mapping[str, str], preset: str) -> Typed:
    """All options as in a preset, whatever was typed there before."""
    others = {
        name: text
        for name, text in typed.items()
        if not name.startswith(f"{way.name}.")
    }
    return others | shown(way, PRESETS.get(preset, PRESETS[FIRST_PRESET]))


def judged(
    way: Way | None, typed: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    """The options to be stored, and what is wrong by field; one of them is empty."""
    if way is None or way.model is None or way.shape is None:
        return {}, {}
    gathered = options_of(way.shape, typed)
    wrong = mistakes(way.model, way.shape, gathered.options) | gathered.errors
    if wrong:
        return {}, wrong
    fitted = way.model.model_validate(gathered.options)
    stored: dict[str, object] = fitted.model_dump(mode="json", exclude_unset=True)
    return stored, {}


def _begun(way: Way, typed: Mapping[str, str]) -> bool:
    return any(name.startswith(f"{way.name}.") for name in typed)
