"""The requests to each S3, and how Amazon answers them.

A case is a function of a `Bucket` and a fresh key; it returns the answer to compare. Amazon's answers are taken from
its documentation («Error responses», «Authenticating Requests: Using Query Parameters», «POST policy»).
"""

import http.client
import re
import urllib.parse
import uuid

PAGE = "http://127.0.0.1:8080"
BODY = b"\xff\xd8\xff a selfie"
#: (name, what Amazon answers, function)
CASES = []


class Answer:
    """Status, S3 error code, headers and body of an answer."""

    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        code = re.search(rb"<Code>([^<]*)</Code>", self.body)
        self.code = code.group(1).decode() if code else None

    def __str__(self):
        return f"{self.status} {self.code}" if self.code else str(self.status)


def send(url, method="PUT", body=BODY, headers=None, path=None):
    """Sends a request unchanged: it does not tidy the path, and adds only Host and Content-Length."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        target, chunked = path or f"{parts.path}?{parts.query}", not isinstance(body, (bytes, type(None)))
        connection.request(method, target, body, {"Origin": PAGE, **(headers or {})}, encode_chunked=chunked)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def post(form, **changes):
    """Sends a form with a file, like a browser."""
    boundary, fields = uuid.uuid4().hex, {**form["fields"], **changes.get("fields", {})}
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = "".join(parts).encode() + file.encode() + changes.get("body", BODY) + f"\r\n--{boundary}--\r\n".encode()
    url = urllib.parse.urlsplit(form["url"])
    kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    return send(form["url"], "POST", body, kind, path=url.path or "/")


def stored(bucket, key):
    answer = send(bucket.link(key, "get_object"), "GET", None)
    return answer.body if answer.status == 200 else None


def case(name, amazon):
    def note(function):
        CASES.append((name, amazon, function))
        return function

    return note


def changed(url, name, value):
    parts = urllib.parse.urlsplit(url)
    query = [(k, value if k == name else v) for k, v in urllib.parse.parse_qsl(parts.query)]
    return parts._replace(query=urllib.parse.urlencode(query)).geturl()


@case("PUT, and the object reads back", "200")
def _(bucket, key):
    answer = send(bucket.link(key), headers={"Content-Type": "image/jpeg"})
    assert stored(bucket, key) == BODY
    return answer


@case("PUT twice with one link: the second overwrites", "200")
def _(bucket, key):
    link = bucket.link(key)
    send(link, body=b"first")
    answer = send(link)
    assert stored(bucket, key) == BODY
    return answer


@case("the link is past its life", "403 AccessDenied")
def _(bucket, key):
    answer = send(bucket.link(key, age=120))
    assert stored(bucket, key) is None
    return answer


@case("another signature", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(changed(bucket.link(key), "X-Amz-Signature", "0" * 64))


@case("another key", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key).replace(key, key + "x", 1))


@case("a longer life", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(changed(bucket.link(key), "X-Amz-Expires", "600"))


@case("a further query parameter", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key) + "&partNumber=1")


@case("signed with an unknown access key", "403 InvalidAccessKeyId")
def _(bucket, key):
    return send(bucket.link(key, keys=("test:nobody", "x")))


@case("signed with a wrong secret key", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key, keys=(None, "wrong")))


@case("no signature", "403 AccessDenied")
def _(bucket, key):
    return send(f"{bucket.endpoint}/{bucket.name}/{key}", path=f"/{bucket.name}/{key}")


@case("an unsigned x-amz-acl", "403 AccessDenied")
def _(bucket, key):
    return send(bucket.link(key), headers={"x-amz-acl": "public-read"})


@case("an unsigned x-amz-meta-note", "403 AccessDenied")
def _(bucket, key):
    return send(bucket.link(key), headers={"x-amz-meta-note": "1"})


@case("an unsigned x-amz-copy-source", "403 AccessDenied")
def _(bucket, key):
    send(bucket.link(key + "-other"), body=b"another's")
    answer = send(bucket.link(key), headers={"x-amz-copy-source": f"/{bucket.name}/{key}-other"}, body=b"")
    assert stored(bucket, key) != b"another's", "copied"
    return answer


@case("a signed header is sent", "200")
def _(bucket, key):
    return send(bucket.link(key, Metadata={"note": "1"}), headers={"x-amz-meta-note": "1"})


@case("a signed header is not sent", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key, ContentType="image/jpeg"))


@case("a signed header is sent with another value", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key, ContentType="image/jpeg"), headers={"Content-Type": "text/html"})


@case("GET with a PUT link", "403 SignatureDoesNotMatch")
def _(bucket, key):
    link = bucket.link(key)
    send(link)
    return send(link, "GET", None)


@case("DELETE with a PUT link", "403 SignatureDoesNotMatch")
def _(bucket, key):
    link = bucket.link(key)
    send(link)
    answer = send(link, "DELETE", None)
    assert stored(bucket, key) == BODY
    return answer


@case("a bucket that is not there", "404 NoSuchBucket")
def _(bucket, key):
    return send(bucket.link(key, bucket="no-such-bucket"))


@case("Content-MD5 of another body", "400 BadDigest")
def _(bucket, key):
    answer = send(bucket.link(key), headers={"Content-MD5": "XUFAKrxLKna5cZ2REBfFkg=="})
    assert stored(bucket, key) is None
    return answer


@case("an invalid Content-MD5", "400 InvalidDigest")
def _(bucket, key):
    return send(bucket.link(key), headers={"Content-MD5": "none"})


@case("no Content-Length", "411 MissingContentLength")
def _(bucket, key):
    return send(bucket.link(key), body=iter([BODY]), headers={"Transfer-Encoding": "chunked"})


@case("a key that climbs out of the bucket", "400 InvalidURI")
def _(bucket, key):
    return send(bucket.link(f"../{key}"))


@case("GET of a key that is not there", "404 NoSuchKey")
def _(bucket, key):
    return send(bucket.link(key, "get_object"), "GET", None)


@case("signature version 2", "200")
def _(bucket, key):
    return send(bucket.link(key, version="s3"))


@case("signature version 2, past its life", "403 AccessDenied")
def _(bucket, key):
    return send(bucket.link(key, version="s3", age=120))


@case("signature version 2, another signature", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(changed(bucket.link(key, version="s3"), "Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="))


@case("signature version 2 with a Content-Type that is not signed", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return send(bucket.link(key, version="s3"), headers={"Content-Type": "image/jpeg"})


@case("POST policy", "204")
def _(bucket, key):
    answer = post(bucket.form(key))
    assert (stored(bucket, key) == BODY) == (answer.status == 204)
    return answer


@case("POST policy, past its life", "403 AccessDenied")
def _(bucket, key):
    return post(bucket.form(key, age=120))


@case("POST policy, another signature", "403 SignatureDoesNotMatch")
def _(bucket, key):
    return post(bucket.form(key), fields={"x-amz-signature": "0" * 64})


@case("POST policy for another key", "403 AccessDenied")
def _(bucket, key):
    return post(bucket.form(key), fields={"key": key + "x"})


@case("POST policy, file over its content-length-range", "400 EntityTooLarge")
def _(bucket, key):
    return post(bucket.form(key, conditions=[["content-length-range", 1, 100]]), body=b"x" * 101)


@case("preflight of a PUT with Content-Type", "200, CORS")
def _(bucket, key):
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    return with_cors(send(bucket.link(key), "OPTIONS", None, asked))


@case("a page may read the answer to a PUT", "200, CORS")
def _(bucket, key):
    return with_cors(send(bucket.link(key)))


@case("a page may read the answer to an expired link", "403 AccessDenied, CORS")
def _(bucket, key):
    return with_cors(send(bucket.link(key, age=120)))


def with_cors(answer):
    allowed = answer.headers.get("Access-Control-Allow-Origin") in ("*", PAGE)
    return f"{answer}, CORS" if allowed else f"{answer}, no CORS"
