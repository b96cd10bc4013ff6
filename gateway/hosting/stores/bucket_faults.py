"""What an object store's refusal means in gateway.yaml: the codes of S3, Google and Azure in plain words.

obstore gives most refusals as one kind of error whose text holds the store's answer, so the text is looked into.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "NoSuchBucket": "images.store: there is no bucket of this name; make it, or correct the name",
        "The specified bucket does not exist": "images.store: there is no bucket of this name; make it",
        "ContainerNotFound": "images.store: there is no container of this name; make it, or correct the name",
        "InvalidBucketName": "images.store: this is no name of a bucket",
        "AuthorizationHeaderMalformed": "images.object_store.region: the bucket lies in another region",
        "PermanentRedirect": "images.object_store.region: the bucket lies in another region or at another endpoint",
        "IllegalLocationConstraint": "images.object_store.region: the bucket lies in another region",
        "Received redirect without LOCATION": "images.object_store.region: the bucket lies in another region",
        "InvalidAccessKeyId": "images.object_store.access_key: the store does not know this key",
        "SignatureDoesNotMatch": "images.object_store.secret_key: does not belong to the access key",
        "AuthenticationFailed": "images.object_store.secret_key: does not belong to the access key",
        "RequestTimeTooSkewed": "images.object_store: the clock of this machine is wrong",
        "AccessDenied": "images.object_store: these credentials may not list, read, write and delete in images.store",
        "AuthorizationFailure": (
            "images.object_store.secret_key: does not belong to the account, or may not use this container from here"
        ),
        "InvalidToken": "images.object_store.secret_key: the store does not accept it",
        "ExpiredToken": "images.object_store.secret_key: has expired",
        "Server returned non-2xx status code: 401": "images.object_store.secret_key: the store does not accept it",
        "Server returned non-2xx status code: 403": "images.object_store: these credentials may not use images.store",
        "Server returned non-2xx status code: 404": "images.store: there is no such bucket at this endpoint",
        "Server returned non-2xx status code: 301": "images.object_store.region: the bucket lies in another region",
    }
)
_OTHER = "images.object_store.endpoint: what answers there is no object store of the kind that images.store says"
_OTHER_SIGNS = ("Header missing from response", "Got invalid list response")
"""A web page, which is the answer of most that is no object store, is a success without what a success has."""
_REFUSED = re.compile(r"non-2xx status code: 4(?!08|29)\d\d")
_REGION = re.compile(r"<Region>([a-z0-9-]{1,32})</Region>|expecting '([a-z0-9-]{1,32})'")
"""The right region, as it stands in S3's answer to a request that was signed for a wrong one."""
_METADATA = ("/latest/api/token", "/latest/meta-data", "performing token request", "/computeMetadata/")
"""What is asked for the credentials of a machine, rather than the store."""
_FULL = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "status code: 507")


def fault(error: BaseException) -> str | None:
    """The key to change and why; None for what may pass by itself."""
    text = str(error)
    for code, words in _FAULTS.items():
        if code in text:
            return words + _right_region(text) if words.startswith("images.object_store.region") else words
    return _OTHER if _is_other(text) else None


def unanswered(error: BaseException | None) -> str:
    """The key to look at when there is no `fault`: what is wrong may pass by itself, or lie elsewhere."""
    text = str(error)
    if any(sign in text for sign in _METADATA):
        return (
            "images.object_store.credentials: this machine gives none; set images.object_store.access_key and"
            " secret_key, or give it some"
        )
    if "status code: 5" in text:
        return "images.object_store.endpoint: what is there only fails; look into its own log"
    return "images.object_store.endpoint: nobody answers there; check it and the network between"


def is_full(error: BaseException) -> bool:
    text = str(error)
    return any(code in text for code in _FULL)


def _right_region(text: str) -> str:
    found = _REGION.search(text)
    return f": {found[1] or found[2]}" if found else ""


def _is_other(text: str) -> bool:
    """Whether the answer is one that no object store gives: each of them says a code when it refuses."""
    return any(sign in text for sign in _OTHER_SIGNS) or (_REFUSED.search(text) is not None and "<Code>" not in text)
