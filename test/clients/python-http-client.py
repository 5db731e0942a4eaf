# python3 python-http-client.py <base-url>: login, a list and a payment with http.client, on one kept connection;
# the payment goes chunked, as http.client sends what it cannot measure.
import base64
import datetime
import http.client
import json
import re
import sys
import urllib.parse
import uuid

connection = http.client.HTTPConnection(urllib.parse.urlsplit(sys.argv[1]).netloc, timeout=20)


def call(method, path, authorization, body=None):
    headers = {"Authorization": authorization}
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        body = iter([json.dumps(body, ensure_ascii=False).encode()])
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    text = response.read()
    assert 200 <= response.status < 300, f"{path} was answered {response.status}: {text!r}"
    return json.loads(text)


login = call("GET", "/api/v1/authorizations/authorize", "Basic " + base64.b64encode(b"user:password").decode())
assert login["expires_in"] == "300", login
bearer = "Bearer " + login["access_token"]

accounts = call("GET", "/api/v1/accounts?PageNumber=1&PageSize=10", bearer)["result"]
assert accounts, "no accounts"
account, currency = accounts[0]["accountIdentifiers"][0], accounts[0]["currency"]

payment = {
    "idempotencyKey": str(uuid.uuid4()),
    "requestedExecutionDate": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    "debtorAccount": account,
    "debtorReference": "http.client",
    "currencyOfTransfer": currency,
    "amount": {"currency": currency, "amount": 12.5},
    "chargeBearer": "SHA",
    "creditorAccount": account,
    "creditorName": "Müller & Søn",
}
answer = call("POST", "/api/v1/payments/singles", bearer, payment)
assert re.fullmatch(r"[0-9a-f-]{36}", answer["paymentId"]), answer
connection.close()
