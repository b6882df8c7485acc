"""Where the files of e-mails lie, and who can read them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.merge import read_stage
from tests.infra.reading import Template, may, resources_of

FUNCTIONS = [function.id for function in read_stage("prod").functions]


def bucket(template: Template) -> dict[str, Any]:
    (found,) = resources_of(template, "S3::Bucket").values()
    return dict(found)


def test_only_who_mails_reads_files_and_nobody_writes_them(template: Template) -> None:
    def who(action: str) -> set[str]:
        return {id for id in FUNCTIONS if may(template, id, action, "Files")}

    assert who("s3:GetObject") == who("s3:ListBucket") == {"DeliverEmail"}
    assert who("s3:PutObject") == who("s3:DeleteObject") == set()


def test_only_who_mails_knows_where_they_lie(template: Template) -> None:
    knowing = {
        id
        for id in FUNCTIONS
        if "HERALD_FILES_BUCKET" in template["Resources"][id]["Properties"].get("Environment", {}).get("Variables", {})
    }
    assert knowing == {"DeliverEmail"}
    assert "HERALD_FILES_BUCKET" not in template["Globals"]["Function"]["Environment"]["Variables"]


def test_files_are_private_encrypted_and_do_not_stay_for_ever(template: Template) -> None:
    found = bucket(template)
    assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(found["PublicAccessBlockConfiguration"]) == 4
    (rule,) = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert {"Ref": "FileDays"} in [rule.get("ExpirationInDays") for rule in found["LifecycleConfiguration"]["Rules"]]
    assert template["Parameters"]["FileDays"]["Default"] > 360, "what is sent at the latest date finds its files"


def test_on_aws_files_travel_by_tls_only(template_of: Callable[[str], Path]) -> None:
    template: Template = json.loads(template_of("prod").read_text())
    (policy,) = resources_of(template, "S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
