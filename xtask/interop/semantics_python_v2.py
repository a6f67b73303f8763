"""What OSS does beside the plain operations, by the high-level calls of the official SDK `alibabacloud-oss-v2`.

The expected values are those of the SDK's own suite and of the documentation.
"""

import alibabacloud_oss_v2 as oss
import requests

from sdk_common import *

client = python_v2()

OWN = "semantics-python-v2"
KEY = "semantics/key"


def put(key, body=b"x", bucket=BUCKET, **more):
    return client.put_object(oss.PutObjectRequest(bucket=bucket, key=key, body=body, **more))


def head(key, bucket=BUCKET):
    return client.head_object(oss.HeadObjectRequest(bucket=bucket, key=key))


def begin(key, **more):
    request = oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=key, **more)
    return client.initiate_multipart_upload(request)


def refusal(work):
    try:
        work()
    except oss.exceptions.OperationError as error:
        return error.unwrap()
    raise AssertionError("not refused")


def completion():
    upload = begin(KEY).upload_id
    client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        bucket=BUCKET, key=KEY, upload_id=upload, acl="private",
        complete_multipart_upload=oss.CompleteMultipartUpload(parts=[])))
    same(head(KEY).content_length, 0)
    same(client.get_object_acl(oss.GetObjectAclRequest(bucket=BUCKET, key=KEY)).acl, "private")
    further = begin(KEY).upload_id
    both = refusal(lambda: client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        bucket=BUCKET, key=KEY, upload_id=further, complete_all="yes",
        complete_multipart_upload=oss.CompleteMultipartUpload(parts=[oss.UploadPart(part_number=1, etag="x")]))))
    same((both.status_code, both.ec), (400, "0042-00000216"))


def copy_directives():
    put(KEY, content_type="image/jpeg", metadata={"a": "1"})
    for directive, kept in (("REPLACE", {}), ("replace", {"a": "1"})):
        client.copy_object(oss.CopyObjectRequest(
            bucket=BUCKET, key=KEY + "2", source_key=KEY, metadata_directive=directive))
        result = head(KEY + "2")
        same((result.content_type, dict(result.metadata or {})), ("image/jpeg", kept))
    missing = refusal(lambda: client.copy_object(oss.CopyObjectRequest(
        bucket="no-such-bucket", key=KEY, source_bucket=BUCKET, source_key=KEY)))
    same((missing.status_code, missing.code), (404, "NoSuchBucket"))


def symlink():
    client.put_symlink(oss.PutSymlinkRequest(bucket=BUCKET, key=KEY + "-link", symlink_target=KEY, metadata={"b": "2"}))
    result = client.get_symlink(oss.GetSymlinkRequest(bucket=BUCKET, key=KEY + "-link"))
    # The header is percent-encoded, and this SDK leaves it so.
    same((urllib.parse.unquote(result.target), result.headers["x-oss-meta-b"]), (KEY, "2"))


def object_meta():
    put(KEY, b"12345", metadata={"a": "1"})
    result = client.get_object_meta(oss.GetObjectMetaRequest(bucket=BUCKET, key=KEY))
    same(result.content_length, 5)
    same([name for name in result.headers if name.lower().startswith("x-oss-meta-")], [])
    same([name for name in ("x-oss-object-type", "x-oss-version-id", "content-type") if name in result.headers], [])
    same(None in (result.etag, result.last_modified, result.hash_crc64), False)


def own_bucket():
    client.put_bucket(oss.PutBucketRequest(
        bucket=OWN, create_bucket_configuration=oss.CreateBucketConfiguration(storage_class="IA")))
    new = client.get_bucket_stat(oss.GetBucketStatRequest(bucket=OWN))
    same((new.last_modified_time, new.live_channel_count), (0, 0))
    put(KEY, b"12345", bucket=OWN)
    same(head(KEY, OWN).storage_class, "IA")
    stat = client.get_bucket_stat(oss.GetBucketStatRequest(bucket=OWN))
    same((stat.storage, stat.object_count, stat.infrequent_access_storage), (5, 1, 5))
    counters = [stat.multi_part_upload_count, stat.live_channel_count, stat.last_modified_time, stat.delete_marker_count]
    for name in ("standard", "infrequent_access", "archive", "cold_archive", "deep_cold_archive"):
        kinds = ("storage", "object_count") if name == "standard" else ("storage", "real_storage", "object_count")
        counters += [getattr(stat, f"{name}_{kind}") for kind in kinds]
    same([counter for counter in counters if not isinstance(counter, int)], [])


def null_versions():
    same(put("null", bucket=OWN).version_id, None)

    def versioning(status):
        client.put_bucket_versioning(oss.PutBucketVersioningRequest(
            bucket=OWN, versioning_configuration=oss.VersioningConfiguration(status=status)))

    versioning("Enabled")
    same(head("null", OWN).version_id, "null")
    same(put("null", bucket=OWN).version_id in (None, "null"), False)
    versioning("Suspended")
    same(put("null", bucket=OWN).version_id, "null")


def encryption():
    same(put(KEY, server_side_encryption="AES256").headers["x-oss-server-side-encryption"], "AES256")
    same(begin(KEY, server_side_encryption="AES256").headers["x-oss-server-side-encryption"], "AES256")
    appended = client.append_object(oss.AppendObjectRequest(
        bucket=BUCKET, key=KEY + "-log-v2", position=0, body=b"x", server_side_encryption="AES256"))
    same(appended.headers["x-oss-server-side-encryption"], "AES256")


def tags():
    put(KEY, tagging="a%20b=%2B-%3D._%3A%2F9")
    same(refusal(lambda: put(KEY, tagging="a%21=1")).code, "InvalidTag")


def uploads():
    for key in ("semantics-v2-list/a", "semantics-v2-list/b/1", "semantics-v2-list/b/2"):
        begin(key)
    result = client.list_multipart_uploads(oss.ListMultipartUploadsRequest(
        bucket=BUCKET, prefix="semantics-v2-list/", delimiter="/"))
    # This SDK does not read the groups; the grouped uploads must not be among the others.
    same([upload.key for upload in result.uploads], ["semantics-v2-list/a"])
    same((result.is_truncated, result.next_key_marker), (False, "semantics-v2-list/b/"))


def listing():
    """The SDK asks for encoded keys and decodes them."""
    key = "semantics-v2-control/a\x01\tb&c"
    put(key)
    result = client.list_objects_v2(oss.ListObjectsV2Request(bucket=BUCKET, prefix="semantics-v2-control/"))
    same([entry.key for entry in result.contents], [key])


def parts():
    upload = begin(KEY, cse_data_size=200000, cse_part_size=102400, metadata={
        "client-side-encryption-key": "fake", "client-side-encryption-part-size": "102400"}).upload_id
    result = client.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=KEY, upload_id=upload))
    same((result.client_encryption_key, result.client_encryption_part_size), ("fake", 102400))
    client.abort_multipart_upload(oss.AbortMultipartUploadRequest(bucket=BUCKET, key=KEY, upload_id=upload))
    gone = refusal(lambda: client.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=KEY, upload_id=upload)))
    same((gone.code, gone.ec), ("NoSuchUpload", "0042-00000002"))
    gone = refusal(lambda: client.abort_multipart_upload(oss.AbortMultipartUploadRequest(
        bucket=BUCKET, key=KEY, upload_id=upload)))
    same((gone.code, gone.ec), ("NoSuchUpload", "0042-00000002"))
    gone = refusal(lambda: client.upload_part(oss.UploadPartRequest(
        bucket=BUCKET, key=KEY, upload_id=upload, part_number=1, body=b"x")))
    same((gone.code, gone.ec), ("NoSuchUpload", "0042-00000104"))


def bucket_info():
    info = client.get_bucket_info(oss.GetBucketInfoRequest(bucket=BUCKET)).bucket_info
    same((info.access_monitor, info.block_public_access, info.cross_region_replication), ("Disabled", False, "Disabled"))
    same((info.sse_rule.sse_algorithm, info.comment or ""), ("None", ""))
    same((info.extranet_endpoint, info.intranet_endpoint), (f"127.0.0.1:{PORT}",) * 2)


def bucket_acl():
    result = client.put_bucket_acl(oss.PutBucketAclRequest(bucket=OWN, acl="private"))
    same(result.headers["Location"], f"/{OWN}")
    # It creates a bucket that is not there.
    client.put_bucket_acl(oss.PutBucketAclRequest(bucket=OWN + "-acl", acl="public-read"))
    same(client.get_bucket_acl(oss.GetBucketAclRequest(bucket=OWN + "-acl")).acl, "public-read")


def settings():
    tagging = oss.models.PutBucketTagsRequest(bucket=OWN, tagging=oss.Tagging(
        tag_set=oss.TagSet(tags=[oss.Tag(key="k", value="v")])))
    client.put_bucket_tags(tagging)
    same(client.get_bucket_tags(oss.GetBucketTagsRequest(bucket=OWN)).tagging.tag_set.tags[0].value, "v")
    client.delete_bucket_tags(oss.DeleteBucketTagsRequest(bucket=OWN))
    client.put_bucket_cors(oss.PutBucketCorsRequest(bucket=OWN, cors_configuration=oss.CORSConfiguration(
        cors_rules=[oss.CORSRule(allowed_origins=["http://a.example"], allowed_methods=["PUT"])])))
    rules = client.get_bucket_cors(oss.GetBucketCorsRequest(bucket=OWN)).cors_configuration.cors_rules
    same(rules[0].allowed_methods, ["PUT"])
    # They are applied, too.
    for origin, allowed in (("http://a.example", 200), ("http://b.example", 403)):
        preflight = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        same(requests.options(f"{ENDPOINT}/{OWN}/a", headers=preflight, timeout=30).status_code, allowed)
    client.delete_bucket_cors(oss.DeleteBucketCorsRequest(bucket=OWN))
    none = refusal(lambda: client.get_bucket_cors(oss.GetBucketCorsRequest(bucket=OWN)))
    same(none.code, "NoSuchCORSConfiguration")
    client.put_bucket_policy(oss.PutBucketPolicyRequest(bucket=OWN, body='{"Version":"1","Statement":[]}'))
    same(client.get_bucket_policy(oss.GetBucketPolicyRequest(bucket=OWN)).body, '{"Version":"1","Statement":[]}')
    client.put_bucket_public_access_block(oss.PutBucketPublicAccessBlockRequest(
        bucket=OWN, public_access_block_configuration=oss.PublicAccessBlockConfiguration(block_public_access=True)))
    block = client.get_bucket_public_access_block(oss.GetBucketPublicAccessBlockRequest(bucket=OWN))
    same(block.public_access_block_configuration.block_public_access, True)
    client.delete_bucket_public_access_block(oss.DeleteBucketPublicAccessBlockRequest(bucket=OWN))
    expiring = oss.LifecycleRule(
        id="id", prefix="p/", status="Enabled", expiration=oss.LifecycleRuleExpiration(days=3))
    client.put_bucket_lifecycle(oss.PutBucketLifecycleRequest(
        bucket=OWN, lifecycle_configuration=oss.LifecycleConfiguration(rules=[expiring])))
    stored = client.get_bucket_lifecycle(oss.GetBucketLifecycleRequest(bucket=OWN)).lifecycle_configuration
    same((stored.rules[0].id, stored.rules[0].expiration.days), ("id", 3))
    client.put_bucket_referer(oss.PutBucketRefererRequest(bucket=OWN, referer_configuration=oss.RefererConfiguration(
        allow_empty_referer=True, referer_list=oss.RefererList(referers=["http://example.com"]))))
    stored = client.get_bucket_referer(oss.GetBucketRefererRequest(bucket=OWN)).referer_configuration
    same(stored.referer_list.referers, ["http://example.com"])
    client.put_bucket_logging(oss.PutBucketLoggingRequest(bucket=OWN, bucket_logging_status=oss.BucketLoggingStatus(
        logging_enabled=oss.LoggingEnabled(target_bucket=BUCKET, target_prefix="logs/"))))
    stored = client.get_bucket_logging(oss.GetBucketLoggingRequest(bucket=OWN)).bucket_logging_status
    same(stored.logging_enabled.target_prefix, "logs/")
    client.put_bucket_website(oss.PutBucketWebsiteRequest(bucket=OWN, website_configuration=oss.WebsiteConfiguration(
        index_document=oss.IndexDocument(suffix="index.html"))))
    stored = client.get_bucket_website(oss.GetBucketWebsiteRequest(bucket=OWN)).website_configuration
    same(stored.index_document.suffix, "index.html")
    rule = oss.ServerSideEncryptionRule(
        apply_server_side_encryption_by_default=oss.ApplyServerSideEncryptionByDefault(sse_algorithm="AES256"))
    client.put_bucket_encryption(oss.PutBucketEncryptionRequest(bucket=OWN, server_side_encryption_rule=rule))
    stored = client.get_bucket_encryption(oss.GetBucketEncryptionRequest(bucket=OWN)).server_side_encryption_rule
    same(stored.apply_server_side_encryption_by_default.sse_algorithm, "AES256")


def order_of_checks():
    """A missing bucket is told before an unknown access key."""
    stranger = python_v2(access_key_id="fake-stranger")
    for bucket, expected in ((BUCKET, (403, "InvalidAccessKeyId")), ("no-such-bucket", (404, "NoSuchBucket"))):
        refused = refusal(lambda: stranger.put_object(oss.PutObjectRequest(bucket=bucket, key=KEY, body=b"x")))
        same((refused.status_code, refused.code), expected)


def restrictions():
    """What is not enforced is not accepted."""
    put(KEY)
    refused = refusal(lambda: put(KEY, b"other", object_worm_mode="COMPLIANCE"))
    same((refused.status_code, refused.code), (501, "NotImplemented"))
    same(head(KEY).content_length, 1)


def not_offered():
    same(refusal(lambda: client.put_bucket_archive_direct_read(oss.PutBucketArchiveDirectReadRequest(
        bucket=OWN, archive_direct_read_configuration=oss.ArchiveDirectReadConfiguration(enabled=True)))).status_code, 501)
    nowhere = {"bucket": "no-such-bucket", "key": KEY}
    for write in (
        lambda: put(KEY, bucket="no-such-bucket"),
        lambda: client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(**nowhere)),
        lambda: client.put_symlink(oss.PutSymlinkRequest(**nowhere, symlink_target=KEY)),
        lambda: client.append_object(oss.AppendObjectRequest(**nowhere, position=0, body=b"x")),
    ):
        missing = refusal(write)
        same((missing.status_code, missing.code, missing.ec), (404, "NoSuchBucket", "0015-00000101"))


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
row("parts: client encryption, EC", parts)
row("bucket info, endpoints", bucket_info)
row("bucket ACL: Location, creates the bucket", bucket_acl)
row("settings", settings)
row("the bucket is looked for before the key", order_of_checks)
row("restrictions that are not enforced are refused", restrictions)
row("not offered: 501, 404", not_offered)
