"""What the SDKs' scripts share: rows, and the same URL signed by our command."""

import calendar
import json
import os
import subprocess
import time
import urllib.parse

PORT = os.environ["INTEROP_PORT"]
ENDPOINT = f"http://127.0.0.1:{PORT}"
REGION = os.environ["OSS_REGION"]
ACCESS_KEY_ID = os.environ["OSS_ACCESS_KEY_ID"]
ACCESS_KEY_SECRET = os.environ["OSS_ACCESS_KEY_SECRET"]
BUCKET = "interop"
AWKWARD = "ü/a +b%20 '()!*~中.txt"
PART = 1024 * 1024
# Without a pattern that a wrong order of parts would leave unseen.
BODY = b"".join(n.to_bytes(4, "big") for n in range(5 * PART // 4))


def python_v2(endpoint=ENDPOINT, access_key_id=ACCESS_KEY_ID):
    """A client of `alibabacloud-oss-v2`. An address for a host makes it use path style."""
    import alibabacloud_oss_v2 as oss

    config = oss.config.load_default()
    config.credentials_provider = oss.credentials.StaticCredentialsProvider(access_key_id, ACCESS_KEY_SECRET)
    config.region = REGION
    config.endpoint = endpoint
    return oss.Client(config)


def oss2_bucket(name=BUCKET, access_key_id=ACCESS_KEY_ID):
    """A bucket of `oss2`. An address for a host makes it use path style."""
    import oss2

    auth = oss2.ProviderAuthV4(oss2.credentials.StaticCredentialsProvider(access_key_id, ACCESS_KEY_SECRET))
    return oss2.Bucket(auth, ENDPOINT, name, region=REGION)


def row(case, work):
    try:
        work()
        print(f"passed\t{case}", flush=True)
    except Exception as error:  # Whatever it is, it belongs into the table.
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:600]
        print(f"failed\t{case}\t{reason}", flush=True)


def same(arrived, expected):
    assert arrived == expected, f"{arrived!r:.80} is not {expected!r:.80}"


def signs_as_we_do(method, url, key, headers=None, query=None):
    """Our command, given the same inputs and the same second, must give the same signature."""
    theirs = urllib.parse.urlsplit(url)
    parameters = dict(urllib.parse.parse_qsl(theirs.query, keep_blank_values=True))
    signed_at = time.strptime(parameters["x-oss-date"], "%Y%m%dT%H%M%SZ")
    line = {
        "method": method, "bucket": BUCKET, "key": key, "scheme": "http", "style": "path",
        "endpoint": f"127.0.0.1:{PORT}", "timestamp": calendar.timegm(signed_at),
        "expires": int(parameters["x-oss-expires"]),
        "headers": list((headers or {}).items()), "query": list((query or {}).items()),
    }
    answer = subprocess.run(
        [os.environ["INTEROP_CLI"], "batch"], input=json.dumps(line) + "\n", stdout=subprocess.PIPE,
        text=True, check=True, timeout=60,
    )
    ours = urllib.parse.urlsplit(json.loads(answer.stdout)["url"])
    same(dict(urllib.parse.parse_qsl(ours.query, keep_blank_values=True)), parameters)
    same(urllib.parse.unquote(ours.path), urllib.parse.unquote(theirs.path))
