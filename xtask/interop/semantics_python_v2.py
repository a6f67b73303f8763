"""What OSS does beside the plain operations, by the high-level calls of the official SDK `alibabacloud-oss-v2`.

The expected values are those of the SDK's own suite and of the documentation.
"""

import alibabacloud_oss_v2 as oss

from sdk_common import *

config = oss.config.load_default()
config.credentials_provider = oss.credentials.StaticCredentialsProvider(ACCESS_KEY_ID, ACCESS_KEY_SECRET)
config.region = REGION
config.endpoint = ENDPOINT
client = oss.Client(config)

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
    same("x-oss-object-type" in result.headers, False)


def own_bucket():
    client.put_bucket(oss.PutBucketRequest(
        bucket=OWN, create_bucket_configuration=oss.CreateBucketConfiguration(storage_class="IA")))
    new = client.get_bucket_stat(oss.GetBucketStatRequest(bucket=OWN))
    same((new.last_modified_time, new.live_channel_count), (0, 0))
    put(KEY, b"12345", bucket=OWN)
    same(head(KEY, OWN).storage_class, "IA")
    stat = client.get_bucket_stat(oss.GetBucketStatRequest(bucket=OWN))
    same((stat.storage, stat.object_count, stat.infrequent_access_storage), (5, 1, 5))


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


def parts():
    upload = begin(KEY, cse_data_size=200000, cse_part_size=102400, metadata={
        "client-side-encryption-key": "fake", "client-side-encryption-part-size": "102400"}).upload_id
    result = client.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=KEY, upload_id=upload))
    same((result.client_encryption_key, result.client_encryption_part_size), ("fake", 102400))
    client.abort_multipart_upload(oss.AbortMultipartUploadRequest(bucket=BUCKET, key=KEY, upload_id=upload))
    gone = refusal(lambda: client.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=KEY, upload_id=upload)))
    same((gone.code, gone.ec), ("NoSuchUpload", "0042-00000002"))


def bucket_info():
    info = client.get_bucket_info(oss.GetBucketInfoRequest(bucket=BUCKET)).bucket_info
    same((info.access_monitor, info.block_public_access, info.cross_region_replication), ("Disabled", False, "Disabled"))
    same(info.sse_rule.sse_algorithm, "None")
    same((info.extranet_endpoint, info.intranet_endpoint), (f"127.0.0.1:{PORT}",) * 2)


def bucket_acl():
    result = client.put_bucket_acl(oss.PutBucketAclRequest(bucket=OWN, acl="private"))
    same(result.headers["Location"], f"/{OWN}")


def settings():
    tagging = oss.models.PutBucketTagsRequest(bucket=OWN, tagging=oss.Tagging(
        tag_set=oss.TagSet(tags=[oss.Tag(key="k", value="v")])))
    client.put_bucket_tags(tagging)
    same(client.get_bucket_tags(oss.GetBucketTagsRequest(bucket=OWN)).tagging.tag_set.tags[0].value, "v")
    client.delete_bucket_tags(oss.DeleteBucketTagsRequest(bucket=OWN))
    client.put_bucket_cors(oss.PutBucketCorsRequest(bucket=OWN, cors_configuration=oss.CORSConfiguration(
        cors_rules=[oss.CORSRule(allowed_origins=["*"], allowed_methods=["PUT"])])))
    rules = client.get_bucket_cors(oss.GetBucketCorsRequest(bucket=OWN)).cors_configuration.cors_rules
    same(rules[0].allowed_methods, ["PUT"])
    client.delete_bucket_cors(oss.DeleteBucketCorsRequest(bucket=OWN))
    none = refusal(lambda: client.get_bucket_cors(oss.GetBucketCorsRequest(bucket=OWN)))
    same(none.code, "NoSuchCORSConfiguration")
    client.put_bucket_policy(oss.PutBucketPolicyRequest(bucket=OWN, body='{"Version":"1","Statement":[]}'))
    same(client.get_bucket_policy(oss.GetBucketPolicyRequest(bucket=OWN)).body, '{"Version":"1","Statement":[]}')
    client.put_bucket_public_access_block(oss.PutBucketPublicAccessBlockRequest(
        bucket=OWN, public_access_block_configuration=oss.PublicAccessBlockConfiguration(block_public_access=True)))
    block = client.get_bucket_public_access_block(oss.GetBucketPublicAccessBlockRequest(bucket=OWN))
    same(block.public_access_block_configuration.block_public_access, True)


def not_offered():
    same(refusal(lambda: client.put_bucket_archive_direct_read(oss.PutBucketArchiveDirectReadRequest(
        bucket=OWN, archive_direct_read_configuration=oss.ArchiveDirectReadConfiguration(enabled=True)))).status_code, 501)
    missing = refusal(lambda: put(KEY, bucket="no-such-bucket"))
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
row("parts: client encryption, EC", parts)
row("bucket info, endpoints", bucket_info)
row("bucket ACL: Location", bucket_acl)
row("settings", settings)
row("not offered: 501, 404", not_offered)
