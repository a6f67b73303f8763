"""What OSS does beside the plain operations, by the high-level calls of the official SDK `oss2`.

The expected values are those of the SDK's own suite and of the documentation.
"""

import oss2

from sdk_common import *

bucket, own, missing = (oss2_bucket(name) for name in (BUCKET, "semantics-oss2", "no-such-bucket"))

KEY = "semantics-oss2/key"


def refusal(work):
    try:
        work()
    except oss2.exceptions.ServerError as error:
        return error
    raise AssertionError("not refused")


def completion():
    upload = bucket.init_multipart_upload(KEY).upload_id
    bucket.complete_multipart_upload(KEY, upload, [], headers={"x-oss-object-acl": "private"})
    same(bucket.head_object(KEY).content_length, 0)
    same(bucket.get_object_acl(KEY).acl, "private")
    further = bucket.init_multipart_upload(KEY).upload_id
    both = refusal(lambda: bucket.complete_multipart_upload(
        KEY, further, [oss2.models.PartInfo(1, "x")], headers={"x-oss-complete-all": "yes"}))
    same((both.status, both.details.get("EC")), (400, "0042-00000216"))


def copy_directives():
    bucket.put_object(KEY, b"x", headers={"Content-Type": "image/jpeg", "x-oss-meta-a": "1"})
    for directive, kept in (("REPLACE", None), ("replace", "1")):
        bucket.copy_object(BUCKET, KEY, KEY + "2", headers={"x-oss-metadata-directive": directive})
        result = bucket.head_object(KEY + "2")
        same(result.headers.get("x-oss-meta-a"), kept)
        # This SDK guesses a media type from the key and sends it, unlike the others.
    same(refusal(lambda: missing.copy_object(BUCKET, KEY, KEY)).code, "NoSuchBucket")


def symlink():
    bucket.put_symlink(KEY, KEY + "-link", headers={"x-oss-meta-b": "2"})
    result = bucket.get_symlink(KEY + "-link")
    same((result.target_key, result.headers["x-oss-meta-b"]), (KEY, "2"))


def object_meta():
    bucket.put_object(KEY, b"12345", headers={"x-oss-meta-a": "1"})
    result = bucket.get_object_meta(KEY)
    same((result.content_length, result.headers.get("x-oss-meta-a")), (5, None))
    same([name for name in ("x-oss-object-type", "x-oss-version-id", "content-type") if name in result.headers], [])
    same(None in (result.etag, result.last_modified, result.headers.get("x-oss-hash-crc64ecma")), False)


def own_bucket():
    own.create_bucket(oss2.BUCKET_ACL_PRIVATE, oss2.models.BucketCreateConfig(oss2.BUCKET_STORAGE_CLASS_IA))
    stat = own.get_bucket_stat()
    same((stat.last_modified_time, stat.live_channel_count), (0, 0))
    own.put_object(KEY, b"12345")
    same(own.head_object(KEY).headers["x-oss-storage-class"], "IA")
    stat = own.get_bucket_stat()
    same((stat.storage_size_in_bytes, stat.object_count, stat.infrequent_access_storage), (5, 1, 5))
    counters = {name: value for name, value in vars(stat).items() if name.endswith(("_storage", "_count", "_time"))}
    same((len(counters) >= 15, [name for name, value in counters.items() if not isinstance(value, int)]), (True, []))


def null_versions():
    def versioning(status):
        config = oss2.models.BucketVersioningConfig()
        config.status = status
        own.put_bucket_versioning(config)

    same(own.put_object("null", b"x").versionid, None)
    versioning("Enabled")
    same(own.head_object("null").versionid, "null")
    versioning("Suspended")
    same(own.put_object("null", b"x").versionid, "null")


def encryption():
    name = "x-oss-server-side-encryption"
    same(bucket.put_object(KEY, b"x", headers={name: "AES256"}).headers[name], "AES256")
    same(bucket.init_multipart_upload(KEY, headers={name: "AES256"}).headers[name], "AES256")
    same(bucket.append_object(KEY + "-log", 0, b"x", headers={name: "AES256"}).headers[name], "AES256")


def tags():
    bucket.put_object(KEY, b"x", headers={"x-oss-tagging": "a%20b=%2B-%3D._%3A%2F9"})
    wrong = refusal(lambda: bucket.put_object(KEY, b"x", headers={"x-oss-tagging": "a%21=1"}))
    same(wrong.code, "InvalidTag")


def uploads():
    for key in ("oss2-list/a", "oss2-list/b/1", "oss2-list/b/2"):
        bucket.init_multipart_upload(key)
    result = bucket.list_multipart_uploads(prefix="oss2-list/", delimiter="/")
    same(result.prefix_list, ["oss2-list/b/"])
    same((result.is_truncated, result.next_key_marker), (False, "oss2-list/b/"))


def listing():
    """The SDK asks for encoded keys and decodes them."""
    key = "oss2-control/a\x01\tb&c"
    bucket.put_object(key, b"x")
    same([entry.key for entry in bucket.list_objects_v2(prefix="oss2-control/").object_list], [key])


def parts():
    upload = bucket.init_multipart_upload(KEY).upload_id
    bucket.abort_multipart_upload(KEY, upload)
    for work, ec in (
        (lambda: bucket.list_parts(KEY, upload), "0042-00000002"),
        (lambda: bucket.abort_multipart_upload(KEY, upload), "0042-00000002"),
        (lambda: bucket.upload_part(KEY, upload, 1, b"x"), "0042-00000104"),
    ):
        gone = refusal(work)
        same((gone.code, gone.details.get("EC")), ("NoSuchUpload", ec))


def bucket_info():
    info = bucket.get_bucket_info()
    same((info.access_monitor, info.bucket_encryption_rule.sse_algorithm), ("Disabled", None))
    same((info.extranet_endpoint, info.intranet_endpoint), (f"127.0.0.1:{PORT}",) * 2)


def bucket_acl():
    same(own.put_bucket_acl("private").headers["Location"], "/semantics-oss2")
    # It creates a bucket that is not there.
    new = oss2_bucket("semantics-oss2-acl")
    new.put_bucket_acl("public-read")
    same(new.get_bucket_acl().acl, "public-read")


def settings():
    rule = oss2.models.CorsRule(allowed_origins=["*"], allowed_methods=["PUT"])
    own.put_bucket_cors(oss2.models.BucketCors([rule]))
    same(own.get_bucket_cors().rules[0].allowed_methods, ["PUT"])
    own.delete_bucket_cors()
    same(refusal(own.get_bucket_cors).code, "NoSuchCORSConfiguration")
    expiration = oss2.models.LifecycleExpiration(days=3)
    lifecycle = oss2.models.LifecycleRule("id", "prefix/", status="Enabled", expiration=expiration)
    own.put_bucket_lifecycle(oss2.models.BucketLifecycle([lifecycle]))
    same(own.get_bucket_lifecycle().rules[0].expiration.days, 3)
    own.delete_bucket_lifecycle()
    own.put_bucket_referer(oss2.models.BucketReferer(False, ["http://example.com"]))
    same(own.get_bucket_referer().referers, ["http://example.com"])
    own.put_bucket_logging(oss2.models.BucketLogging(BUCKET, "logs/"))
    same(own.get_bucket_logging().target_bucket, BUCKET)
    own.delete_bucket_logging()
    same(own.get_bucket_logging().target_bucket, "")
    own.put_bucket_website(oss2.models.BucketWebsite("index.html", "error.html"))
    same(own.get_bucket_website().index_file, "index.html")
    encryption_rule = oss2.models.ServerSideEncryptionRule()
    encryption_rule.sse_algorithm = oss2.SERVER_SIDE_ENCRYPTION_AES256
    own.put_bucket_encryption(encryption_rule)
    same(own.get_bucket_encryption().sse_algorithm, "AES256")
    same(own.get_bucket_info().bucket_encryption_rule.sse_algorithm, "AES256")
    tagging = oss2.models.Tagging()
    tagging.tag_set.add("k", "v")
    own.put_bucket_tagging(tagging)
    same(own.get_bucket_tagging().tag_set.tagging_rule, {"k": "v"})
    own.put_bucket_policy('{"Version":"1","Statement":[]}')
    same(json.loads(own.get_bucket_policy().policy), {"Version": "1", "Statement": []})
    own.put_bucket_public_access_block(True)
    same(own.get_bucket_public_access_block().block_public_access, True)


def order_of_checks():
    """A missing bucket is told before an unknown access key."""
    for name, expected in ((BUCKET, (403, "InvalidAccessKeyId")), ("no-such-bucket", (404, "NoSuchBucket"))):
        refused = refusal(lambda: oss2_bucket(name, "fake-stranger").put_object(KEY, b"x"))
        same((refused.status, refused.code), expected)


def restrictions():
    """What is not enforced is not accepted."""
    bucket.put_object(KEY, b"x")
    locked = {"x-oss-object-worm-mode": "COMPLIANCE"}
    refused = refusal(lambda: bucket.put_object(KEY, b"other", headers=locked))
    same((refused.status, refused.code), (501, "NotImplemented"))
    same(bucket.get_object(KEY).read(), b"x")


def not_offered():
    same(refusal(lambda: own.put_bucket_transfer_acceleration("true")).status, 501)
    for write in (
        lambda: missing.put_object(KEY, b"x"),
        lambda: missing.init_multipart_upload(KEY),
        lambda: missing.put_symlink(KEY, KEY),
        lambda: missing.append_object(KEY, 0, b"x"),
    ):
        gone = refusal(write)
        same((gone.status, gone.code, gone.details.get("EC")), (404, "NoSuchBucket", "0015-00000101"))


row("completion: ACL, no part", completion)
row("copy: directives, missing bucket", copy_directives)
row("symlink: headers of its own", symlink)
row("objectMeta: few headers", object_meta)
row("storage class inherited, counters", own_bucket)
row("null versions", null_versions)
row("encryption echoed", encryption)
row("characters of tags", tags)
row("uploads grouped, next markers", uploads)
row("a list keeps control characters", listing)
row("parts: EC", parts)
row("bucket info, endpoints", bucket_info)
row("bucket ACL: Location, creates the bucket", bucket_acl)
row("settings", settings)
row("the bucket is looked for before the key", order_of_checks)
row("restrictions that are not enforced are refused", restrictions)
row("not offered: 501, 404", not_offered)
