"""Every sub-resource that the official SDKs know, on PUT, GET and DELETE of an object and of a bucket.

The names are collected from the packages themselves, so that a newer SDK brings newer names. Each is either an operation
that the server offers, or 501 NotImplemented with its name, and then nothing has changed.
"""

import pathlib
import re

import alibabacloud_oss_v2
import oss2
import requests

from sdk_common import *

# As README.md lists them: the sub-resource, the methods, and what it is of.
OFFERED = {
    "object": {
        "": "PUT GET DELETE", "acl": "PUT GET", "symlink": "PUT GET", "tagging": "PUT GET DELETE",
        "uploadId": "GET DELETE", "partNumber": "PUT", "versionId": "GET DELETE", "x-oss-process": "GET",
        "callback": "PUT", "callback-var": "PUT",
    },
    "bucket": {
        "": "PUT GET DELETE", "acl": "PUT GET", "versioning": "PUT GET", "versions": "GET", "uploads": "GET",
        "bucketInfo": "GET", "location": "GET", "stat": "GET", "cors": "PUT GET DELETE",
        "encryption": "PUT GET DELETE", "lifecycle": "PUT GET DELETE", "logging": "PUT GET DELETE",
        "policy": "PUT GET DELETE", "publicAccessBlock": "PUT GET DELETE", "referer": "PUT GET",
        "tagging": "PUT GET DELETE", "website": "PUT GET DELETE", "list-type": "GET", "prefix": "GET",
        "delimiter": "GET", "marker": "GET", "max-keys": "GET", "encoding-type": "GET", "start-after": "GET",
        "continuation-token": "GET", "fetch-owner": "GET",
    },
}
# Every operation takes them.
EVERYWHERE = {"x-oss-traffic-limit", "x-oss-request-payer"}
# The signature's own: a request cannot be signed with another one of them.
SIGNATURE = re.compile(
    r"x-oss-(signature.*|credential|date|expires|security-token|additional-headers|access-key-id)"
    r"|security-token|Expires|Signature|OSSAccessKeyId")
RESPONSE = re.compile(r"response-(cache-control|content-disposition|content-encoding|content-language|content-type|expires)")

bucket = oss2_bucket("sub-resources")


def source(package, pattern):
    return "\n".join(path.read_text() for path in sorted(pathlib.Path(package).rglob(pattern)))


def names():
    """The names that stand where the SDKs say which parameters a request has."""
    found = set(oss2.Auth._subresource_key_set)
    v1 = source(pathlib.Path(oss2.__file__).parent, "*.py")
    found |= set(re.findall(r"params(?:\[|\s*=\s*\{)['\"]([A-Za-z][\w-]*)['\"]", v1))
    found |= {value for name, value in vars(oss2.Bucket).items() if name.isupper() and isinstance(value, str)}
    v2 = source(pathlib.Path(alibabacloud_oss_v2.__file__).parent, "*.py")
    for block in re.findall(r"parameters=\{([^}]*)\}", v2) + re.findall(r"_subresource_key_set\s*=[^(]*\(([^)]*)\)", v2):
        found |= set(re.findall(r"['\"]([A-Za-z][\w-]*)['\"]\s*[:,\n]", block))
    node = pathlib.Path(os.environ["INTEROP_OUT"]) / "npm/node_modules/ali-oss/lib"
    js = "\n".join(path.read_text() for path in sorted(node.rglob("*.js")))
    for block in re.findall(r"subres\s*[:=]\s*(?:Object\.assign\()?\{([^}]*)\}", js):
        found |= set(re.findall(r"['\"]?([A-Za-z][\w-]*)['\"]?\s*(?::|,|$)", block))
    found |= set(re.findall(r"_bucketRequestParams\([^)]*?,\s*'([A-Za-z][\w-]*)'", js))
    found |= set(re.findall(r"subres\.([A-Za-z]\w*)\s*=", js))
    return sorted(name for name in found if not SIGNATURE.fullmatch(name))


def offered(level, method, name):
    if name in EVERYWHERE:
        return True
    if RESPONSE.fullmatch(name):
        return level == "object" and method == "GET"
    return method in OFFERED[level].get(name, "").split()


def request(method, key, name):
    # Processing with nothing to do is not offered.
    value = "image/info" if name == "x-oss-process" and method == "GET" else ""
    request = oss2.http.Request(
        method, f"{ENDPOINT}/sub-resources/{key}", params={name: value}, data=b"overwritten" if method == "PUT" else None,
        region=REGION, product="oss")
    bucket.auth._sign_request(request, "sub-resources", key)
    return requests.request(
        method, request.url, params=request.params, headers=request.headers, data=request.data, timeout=30)


def state():
    listed = [(entry.key, entry.etag, entry.last_modified) for entry in oss2.ObjectIterator(bucket)]
    return listed, bucket.get_object("kept").read(), bucket.get_bucket_info().acl.grant


def sweep(level, method):
    def work():
        key = "kept" if level == "object" else ""
        before = state()
        for name in known:
            if offered(level, method, name):
                continue
            answer = request(method, key, name)
            told = re.search(r"<Code>(\w+)</Code>.*\?([\w-]+)", answer.text, re.DOTALL)
            same((name, answer.status_code, told and told.groups()), (name, 501, ("NotImplemented", name)))
            same(state(), before)
        # What is offered changes things by PUT and DELETE, so only reads are tried.
        reads = [name for name in known if method == "GET" and offered(level, method, name)]
        same([name for name in reads if request(method, key, name).status_code == 501], [])
    return work


bucket.create_bucket()
bucket.put_object("kept", b"kept")
known = names()
row("names found in the packages", lambda: same({"retention", "legalHold", "replication", "asyncFetch"} - set(known), set()))
for level in ("object", "bucket"):
    for method in ("PUT", "GET", "DELETE"):
        row(f"{level}, {method}: offered, or 501 and nothing changed", sweep(level, method))
