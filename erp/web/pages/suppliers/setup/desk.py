"""What the buttons of the form do, but for saving."""

from dataclasses import dataclass

from config.secrets import SecretsError
from erp.web.frame.context import erp
from erp.web.frame.words import _
from erp.web.pages.suppliers.setup import answers, options, trial
from erp.web.pages.suppliers.setup.answers import LONGEST_SAMPLE, Shown
from erp.web.pages.suppliers.setup.trial import Trial
from erp.web.pages.suppliers.supplier_form import SupplierForm
from suppliers.models import Supplier
from suppliers.tried import Question
from suppliers.trying import Sample

ASKED = {
    "look_up": Question.LOOK_UP,
    "changes": Question.CHANGES,
    "stock": Question.STOCK,
}


@dataclass(slots=True)
class Panels:
    """What stands beside the form after a button was pressed."""

    trial: Trial | None = None
    seen: Shown | None = None
    notice: str = ""  # about the answer that was fetched


def act(do: str, form: SupplierForm, supplier: Supplier | None) -> Panels:
    """The button's work; the form holds on to all that was typed."""
    way = form.way
    if do == "preset" and way is not None:
        preset = form.typed.get("preset", "")
        form.typed = options.begun_anew(way, form.typed, preset)
    if do in ("redraw", "preset"):
        form.errors.clear()
        if way is not None and not form.typed.get("base_url"):
            form.typed["base_url"] = way.usual_address
        return Panels()
    if do == "test":
        return Panels(trial=trial.tried(form, supplier))
    if do == "fetch":
        return _fetched(form, supplier)
    return Panels(seen=_seen(form))


def _seen(form: SupplierForm) -> Shown:
    fitted, wrong = options.judged(form.way, form.typed)
    form.errors = dict(wrong)
    return answers.unsettled(wrong) if wrong else answers.shown(fitted, form.typed)


def _fetched(form: SupplierForm, supplier: Supplier | None) -> Panels:
    question = ASKED.get(form.typed.get("sample_call", ""))
    if question is None:
        words = _(
            "This answer can only be pasted: to fetch it, something would change."
        )
        return Panels(notice=words)
    reference = form.typed.get("sample_reference", "")
    sample = trial.fetched(form, supplier, question, reference)
    if sample is None:
        return Panels(notice=_("Mend what is marked first."))
    notice = _kept(form, supplier, sample)
    return Panels(seen=_seen(form) if sample.body else None, notice=notice)


def _kept(form: SupplierForm, supplier: Supplier | None, sample: Sample) -> str:
    """The answer put on the form; a word about it if it is not all there."""
    if sample.status is None:
        return f"{trial.mending(sample.trouble)} ({sample.detail})"
    form.typed["sample_status"] = str(sample.status)
    text = answers.pretty(sample.body, _token(form, supplier))
    if not sample.is_whole or len(text) > LONGEST_SAMPLE:
        return _("The answer is too long to be shown here: ask for a smaller page.")
    form.typed["sample"] = text
    return _("It answered with status %(status)s.", status=sample.status)


def _token(form: SupplierForm, supplier: Supplier | None) -> str:
    """Our credential, so that it is taken out of what is shown."""
    if form.token or supplier is None or not supplier.sealed_token:
        return form.token
    try:
        return erp().secrets.open(supplier.sealed_token)
    except SecretsError:
        return ""
