# python3 python-urllib.py <base-url>: login, a list and a payment with urllib.
import base64
import datetime
import json
import re
import sys
import urllib.request
import uuid

base = sys.argv[1]


def call(path, authorization, body=None):
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    with urllib.request.urlopen(urllib.request.Request(base + path, data, headers), timeout=20) as response:
        return json.load(response)


login = call("/api/v1/authorizations/authorize", "Basic " + base64.b64encode(b"user:password").decode())
assert login["expires_in"] == "300", login
bearer = "Bearer " + login["access_token"]

accounts = call("/api/v1/accounts?PageNumber=1&PageSize=10", bearer)["result"]
assert accounts, "no accounts"
account, currency = accounts[0]["accountIdentifiers"][0], accounts[0]["currency"]

payment = {
    "idempotencyKey": str(uuid.uuid4()),
    "requestedExecutionDate": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    "debtorAccount": account,
    "debtorReference": "urllib",
    "currencyOfTransfer": currency,
    "amount": {"currency": currency, "amount": 12.5},
    "chargeBearer": "SHA",
    "creditorAccount": account,
    "creditorName": "Müller & Søn",
}
answer = call("/api/v1/payments/singles", bearer, payment)
assert re.fullmatch(r"[0-9a-f-]{36}", answer["paymentId"]), answer
