"""The official SDK `alibabacloud-oss-v2` and curl over TLS, trusting the certificate authority that `serve` wrote.

It stands in REQUESTS_CA_BUNDLE, NODE_EXTRA_CA_CERTS and CURL_CA_BUNDLE.
"""

import alibabacloud_oss_v2 as oss
import requests

from sdk_common import *

URL = os.environ["INTEROP_TLS_URL"]

client = python_v2(URL)


def sdk():
    client.put_object(oss.PutObjectRequest(bucket=BUCKET, key="tls", body=BODY))
    with client.get_object(oss.GetObjectRequest(bucket=BUCKET, key="tls")).body as body:
        same(body.read(), BODY)


def curl():
    url = client.presign(oss.GetObjectRequest(bucket=BUCKET, key="tls")).url
    fetched = subprocess.run(["curl", "-sS", "--fail", url], stdout=subprocess.PIPE, timeout=60, check=True)
    same(fetched.stdout, BODY)


def untrusted():
    """Without the authority there is no connection: it is really checked."""
    try:
        session = requests.Session()
        session.trust_env = False
        session.get(URL, timeout=30)
    except requests.exceptions.SSLError:
        return
    raise AssertionError("an unknown authority was trusted")


row("Python v2", sdk)
row("curl", curl)
row("an unknown authority is refused", untrusted)
