"""What an object store's refusal means in gateway.yaml: the codes of S3, Google and Azure in plain words.

obstore gives most refusals as one kind of error whose text holds the store's answer, so the text is looked into.
"""

from __future__ import annotations

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
        "AuthorizationFailure": "images.object_store: these credentials may not use the container of images.store",
        "InvalidToken": "images.object_store.secret_key: the store does not accept it",
        "ExpiredToken": "images.object_store.secret_key: has expired",
        "Server returned non-2xx status code: 401": "images.object_store.secret_key: the store does not accept it",
        "Server returned non-2xx status code: 403": "images.object_store: these credentials may not use images.store",
        "Server returned non-2xx status code: 404": "images.store: there is no such bucket at this endpoint",
        "Server returned non-2xx status code: 301": "images.object_store.region: the bucket lies in another region",
    }
)
_FULL = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "status code: 507")


def fault(error: BaseException) -> str | None:
    """The key to change and why; None for what may pass by itself."""
    text = str(error)
    return next((words for code, words in _FAULTS.items() if code in text), None)


def is_full(error: BaseException) -> bool:
    text = str(error)
    return any(code in text for code in _FULL)
