"""The use cases of templates over a store, with the rendering that there is."""

from functools import cache
from typing import Any, Final

from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.template import Locale, Part
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_categories import ManageCategories
from chalicelib.services.manage_fragments import ManageFragments
from chalicelib.services.manage_templates import ManageTemplates
from chalicelib.services.preview_template import PreviewTemplate
from chalicelib.services.publish_template import PublishTemplate
from chalicelib.services.template_drafts import Draft, Drafting
from chalicelib.services.try_template import TryTemplate
from tests.store.stores import Store

EN: Final = Locale("en")
FR: Final = Locale("fr")
ENGLISH: Final = {Part.EMAIL_SUBJECT: "Order {{ id }}", Part.EMAIL_HTML: "<p>Order {{ id }}</p>"}
FRENCH: Final = {Part.EMAIL_SUBJECT: "Commande {{ id }}", Part.EMAIL_HTML: "<p>Commande {{ id }}</p>"}
SCHEMA: Final = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}


@cache
def rendering() -> Renderer:
    """Return the rendering, one for all tests."""
    return Renderer()


def templating_on(store: Store, audited: AuditedChanges) -> dict[str, Any]:
    """Return the use cases of templates over `store`, by their names in bootstrap."""
    drafting = Drafting(rendering, store.fragments, store.categories)
    manage = ManageTemplates(store.templates, store.tenants, drafting, audited)
    return {
        "manage_templates": manage,
        "publish_template": PublishTemplate(store.templates, manage, rendering, audited),
        "preview_template": PreviewTemplate(store.templates, manage, drafting, rendering),
        "try_template": TryTemplate(manage, store.recipients, rendering),
        "manage_fragments": ManageFragments(store.fragments, store.templates, store.tenants, rendering, audited),
        "manage_categories": ManageCategories(store.categories, store.templates, store.tenants, audited),
    }


def a_draft(**changes: Any) -> Draft:
    """Return a draft of an e-mail in English and French."""
    fields: dict[str, Any] = {
        "category": "transactional",
        "localizations": {EN: ENGLISH, FR: FRENCH},
        "schema": SCHEMA,
        "sample": {"id": "42"},
    }
    return Draft(**(fields | changes))


def with_layout(key: str = "main") -> Draft:
    """Return a draft that uses a layout, says something by text message and includes a partial there."""
    text = ENGLISH | {Part.SMS_TEXT: '{% include "greeting" %} {{ id }}'}
    return a_draft(layout=FragmentKey(key), localizations={EN: text}, channels=(Channel.SMS,))
