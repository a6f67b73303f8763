"""Python's requests."""

import sys

import requests


def run(session, path):
    with open(path, encoding="utf-8") as file:
        method, url, body, answer, *headers = file.read().splitlines()
    headers = dict(header.split(": ", 1) for header in headers)
    data = None if body == "-" else open(body, "rb")
    try:
        response = session.request(method, url, data=data, headers=headers, timeout=60)
    finally:
        if data:
            data.close()
    with open(answer, "wb") as file:
        file.write(response.content)
    return response.status_code


with requests.Session() as session:
    for job in sys.argv[1:]:
        try:
            print(run(session, job), flush=True)
        except requests.RequestException as error:
            print("error", repr(error).replace("\n", " "), flush=True)
