"""The official SDK `oss2` as a client of the server."""

import oss2
import requests

from sdk_common import *

bucket = oss2_bucket()

PREFIX = "sdk-oss2/"
KEY = PREFIX + AWKWARD
HEADERS = {"content-type": "text/plain", "x-oss-meta-owner": "42"}


def put():
    same(bucket.put_object(KEY, BODY, headers=HEADERS).status, 200)


def get():
    same(bucket.get_object(KEY).read(), BODY)


def get_range():
    same(bucket.get_object(KEY, byte_range=(1000, 1999)).read(), BODY[1000:2000])


def head():
    result = bucket.head_object(KEY)
    same((result.content_length, result.content_type), (len(BODY), "text/plain"))
    same(result.headers["x-oss-meta-owner"], "42")


def list_objects():
    names = [f"{PREFIX}list/{n} +.txt" for n in range(5)]
    for name in names:
        bucket.put_object(name, b"x")
    listed = oss2.ObjectIteratorV2(bucket, prefix=PREFIX + "list/", max_keys=2)
    same([entry.key for entry in listed], names)
    listed = oss2.ObjectIterator(bucket, prefix=PREFIX + "list/", max_keys=2)
    same([entry.key for entry in listed], names)
    same(PREFIX + "list/" in bucket.list_objects_v2(prefix=PREFIX, delimiter="/").prefix_list, True)


def copy():
    bucket.copy_object(BUCKET, KEY, PREFIX + "copy")
    same(bucket.get_object(PREFIX + "copy").read(), BODY)


def multipart():
    key = PREFIX + "multipart"
    upload = bucket.init_multipart_upload(key).upload_id
    parts = []
    for number in range(1, 6):
        body = BODY[(number - 1) * PART:number * PART]
        result = bucket.upload_part(key, upload, number, body)
        parts.append(oss2.models.PartInfo(number, result.etag, size=len(body), part_crc=result.crc))
    same([part.part_number for part in bucket.list_parts(key, upload).parts], [1, 2, 3, 4, 5])
    bucket.complete_multipart_upload(key, upload, parts)
    same(bucket.get_object(key).read(), BODY)


def append():
    key = PREFIX + "append"
    first = bucket.append_object(key, 0, b"one", init_crc=0)
    same(first.next_position, 3)
    bucket.append_object(key, 3, b"two", init_crc=first.crc)
    same(bucket.get_object(key).read(), b"onetwo")


def delete():
    bucket.delete_object(PREFIX + "copy")
    same(bucket.object_exists(PREFIX + "copy"), False)
    names = [f"{PREFIX}list/{n} +.txt" for n in range(5)]
    same(sorted(bucket.batch_delete_objects(names).deleted_keys), names)


def presigned():
    upload = bucket.sign_url("PUT", KEY, 600, headers=dict(HEADERS), slash_safe=True)
    return upload, bucket.sign_url("GET", KEY, 600, slash_safe=True)


def presign_accepted():
    upload, download = presigned()
    same(requests.put(upload, data=b"presigned", headers=HEADERS, timeout=30).status_code, 200)
    same(requests.get(download, timeout=30).content, b"presigned")


def presign_equal():
    upload, download = presigned()
    signs_as_we_do("PUT", upload, KEY, HEADERS)
    signs_as_we_do("GET", download, KEY)


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
