"""Trying templates out, publishing them, and taking that back."""

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.api.admin_templates import ONE
from chalicelib.api.call import Call
from chalicelib.api.path import template_key
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.send import SEND_ERRORS, place
from chalicelib.api.send_answers import SentAnswer
from chalicelib.api.template_answers import PreviewAnswer, TemplateAnswer
from chalicelib.api.template_models import MAX_BODY, PreviewBody, PublishBody, RollBackBody, TestSendBody
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.rate_limit import Limit
from chalicelib.services.audited_change import Actor
from chalicelib.services.input_rules import recipient_faults
from chalicelib.services.preview_template import Wanted

routes = Routes(__name__, tag="Administration: templates")


@routes.add(
    "POST",
    ONE + "/publish",
    needs=Permission.MANAGE,
    summary="Publish a version",
    body=PublishBody,
    body_required=False,
    answer=TemplateAnswer,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def publish_template(call: Call, key: str, body: PublishBody | None = None) -> TemplateAnswer:
    """Fill sends from a version from now on; others may see the one before for a minute."""
    by, chosen = Actor(call.principal, call.now), body or PublishBody()
    published = bootstrap.publish_template().publish(call.tenant, template_key(key), chosen.number, by, chosen.version)
    return TemplateAnswer.model_validate(published)


@routes.add(
    "POST",
    ONE + "/rollback",
    needs=Permission.MANAGE,
    summary="Publish again what was published before",
    body=RollBackBody,
    body_required=False,
    answer=TemplateAnswer,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def roll_back_template(call: Call, key: str, body: RollBackBody | None = None) -> TemplateAnswer:
    """Fill sends from a version that was published before; a further rollback goes further back."""
    by, chosen = Actor(call.principal, call.now), body or RollBackBody()
    rolled_back = bootstrap.publish_template().roll_back(call.tenant, template_key(key), chosen.to, by, chosen.version)
    return TemplateAnswer.model_validate(rolled_back)


@routes.add(
    "POST",
    ONE + "/preview",
    needs=Permission.VIEW,
    summary="Preview a template",
    body=PreviewBody,
    answer=PreviewAnswer,
    max_body=MAX_BODY,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def preview_template(call: Call, key: str, body: PreviewBody) -> PreviewAnswer:
    """Answer what a version, or a source that is not stored, says on each channel."""
    by, preview = Actor(call.principal, call.now), bootstrap.preview_template()
    return PreviewAnswer.of(preview(call.tenant, template_key(key), body.wanted(), by))


@routes.add(
    "POST",
    ONE + "/test-send",
    needs=Permission.MANAGE,
    summary="Send a version to somebody who tries it out",
    body=TestSendBody,
    answer=SentAnswer,
    status=202,
    idempotent=True,
    raises=(NotFoundError, *SEND_ERRORS),
    limit=Limit.SEND,
)
def test_send(call: Call, key: str, body: TestSendBody) -> Reply:
    """Accept a notification from any version, marked `testSend` in its metadata; it is decided on like any other.
    What a channel cannot say to the recipient is refused as a preview refuses it.
    """
    faults = recipient_faults(body.recipient.as_recipient(), "/recipient")
    if faults:
        raise InvalidInputError(faults=faults)
    wanted = Wanted(number=body.number, channels=tuple(dict.fromkeys(body.channels)), data=body.data)
    trying = bootstrap.try_template()
    order = trying.order(call.tenant, template_key(key), body.recipient.as_recipient(), wanted)
    try:
        return place(call, order, trying.filled_by(bootstrap.accept()))
    except InvalidInputError as error:
        # Its faults are those of a send; here the data stands at the top.
        placed = [replace(fault, pointer=fault.pointer.removeprefix("/template")) for fault in error.faults]
        raise InvalidInputError(faults=placed) from error
