"""Where the links in mails lead to, and who can make one."""

from infra.merge import read_stage
from tests.infra.reading import Template, may

FUNCTIONS = [function.id for function in read_stage("prod").functions]


def test_links_lead_to_the_api_unless_a_parameter_says_where(template: Template) -> None:
    told = template["Resources"]["DeliverEmail"]["Properties"]["Environment"]["Variables"]["HERALD_PUBLIC_URL"]
    condition, given, own = told["Fn::If"]
    assert template["Parameters"]["PublicUrl"]["Default"] == ""
    assert template["Conditions"][condition] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "PublicUrl"}, ""]}]}
    assert given == {"Ref": "PublicUrl"}
    assert "${RestAPI}" in own["Fn::Sub"]
    assert template["Resources"]["RestAPI"]["Properties"]["StageName"] in own["Fn::Sub"]


def test_only_who_mails_and_who_answers_reads_what_links_are_signed_with(template: Template) -> None:
    readers = {id for id in FUNCTIONS if may(template, id, "secretsmanager:GetSecretValue", "CursorSecret")}
    assert readers == {"APIHandler", "DeliverEmail"}


def test_only_who_mails_depends_on_where_the_api_is(template: Template) -> None:
    knowing = {
        id
        for id in FUNCTIONS
        if "HERALD_PUBLIC_URL" in template["Resources"][id]["Properties"].get("Environment", {}).get("Variables", {})
    }
    assert knowing == {"DeliverEmail"}
