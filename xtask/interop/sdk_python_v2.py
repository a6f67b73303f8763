"""The official SDK `alibabacloud-oss-v2` as a client of the server."""

import datetime

import alibabacloud_oss_v2 as oss
import requests

from sdk_common import *

client = python_v2()

PREFIX = "sdk-python-v2/"
KEY = PREFIX + AWKWARD
HEADERS = {"content-type": "text/plain", "x-oss-meta-owner": "42"}


def put():
    request = oss.PutObjectRequest(
        bucket=BUCKET, key=KEY, body=BODY, content_type="text/plain", metadata={"owner": "42"}
    )
    same(client.put_object(request).status_code, 200)


def read(key, **more):
    with client.get_object(oss.GetObjectRequest(bucket=BUCKET, key=key, **more)).body as body:
        return body.read()


def get():
    same(read(KEY), BODY)


def get_range():
    same(read(KEY, range_header="bytes=1000-1999"), BODY[1000:2000])


def head():
    result = client.head_object(oss.HeadObjectRequest(bucket=BUCKET, key=KEY))
    same((result.content_length, result.content_type), (len(BODY), "text/plain"))
    same(dict(result.metadata), {"owner": "42"})


def list_objects():
    for n in range(5):
        client.put_object(oss.PutObjectRequest(bucket=BUCKET, key=f"{PREFIX}list/{n} +.txt", body=b"x"))
    request = oss.ListObjectsV2Request(bucket=BUCKET, prefix=PREFIX + "list/", max_keys=2)
    pages = list(client.list_objects_v2_paginator().iter_page(request))
    same([len(page.contents) for page in pages], [2, 2, 1])
    same([entry.key for page in pages for entry in page.contents], [f"{PREFIX}list/{n} +.txt" for n in range(5)])
    request = oss.ListObjectsV2Request(bucket=BUCKET, prefix=PREFIX, delimiter="/")
    same(PREFIX + "list/" in [entry.prefix for entry in client.list_objects_v2(request).common_prefixes], True)


def copy():
    client.copy_object(oss.CopyObjectRequest(bucket=BUCKET, key=PREFIX + "copy", source_key=KEY))
    same(read(PREFIX + "copy"), BODY)


def multipart():
    key = PREFIX + "multipart"
    upload = client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket=BUCKET, key=key)).upload_id
    parts = []
    for number in range(1, 6):
        body = BODY[(number - 1) * PART:number * PART]
        result = client.upload_part(oss.UploadPartRequest(
            bucket=BUCKET, key=key, upload_id=upload, part_number=number, body=body))
        parts.append(oss.UploadPart(part_number=number, etag=result.etag))
    listed = client.list_parts(oss.ListPartsRequest(bucket=BUCKET, key=key, upload_id=upload))
    same([part.part_number for part in listed.parts], [1, 2, 3, 4, 5])
    client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
        bucket=BUCKET, key=key, upload_id=upload,
        complete_multipart_upload=oss.CompleteMultipartUpload(parts=parts)))
    same(read(key), BODY)


def append():
    key = PREFIX + "append"
    first = client.append_object(oss.AppendObjectRequest(bucket=BUCKET, key=key, position=0, body=b"one"))
    same(int(first.next_position), 3)
    client.append_object(oss.AppendObjectRequest(
        bucket=BUCKET, key=key, position=3, body=b"two", init_hash_crc64=first.hash_crc64))
    same(read(key), b"onetwo")


def delete():
    client.delete_object(oss.DeleteObjectRequest(bucket=BUCKET, key=PREFIX + "copy"))
    same(client.is_object_exist(bucket=BUCKET, key=PREFIX + "copy"), False)
    names = [oss.DeleteObject(key=f"{PREFIX}list/{n} +.txt") for n in range(5)]
    result = client.delete_multiple_objects(oss.DeleteMultipleObjectsRequest(bucket=BUCKET, objects=names))
    same(len(result.deleted_objects), 5)


def presigned():
    expires = datetime.timedelta(seconds=600)
    put_request = oss.PutObjectRequest(
        bucket=BUCKET, key=PREFIX + AWKWARD, content_type="text/plain", metadata={"owner": "42"}
    )
    return client.presign(put_request, expires=expires), client.presign(
        oss.GetObjectRequest(bucket=BUCKET, key=PREFIX + AWKWARD), expires=expires
    )


def presign_accepted():
    upload, download = presigned()
    same(requests.put(upload.url, data=b"presigned", headers=dict(upload.signed_headers), timeout=30).status_code, 200)
    same(requests.get(download.url, timeout=30).content, b"presigned")


def presign_equal():
    upload, download = presigned()
    signs_as_we_do("PUT", upload.url, KEY, HEADERS)
    signs_as_we_do("GET", download.url, KEY)


row("put", put)
row("get", get)
row("get, range", get_range)
row("head", head)
row("list", list_objects)
row("copy", copy)
row("multipart", multipart)
row("append", append)
row("delete", delete)
row("presign: accepted", presign_accepted)
row("presign: signatures equal ours", presign_equal)
