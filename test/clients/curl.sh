#!/usr/bin/env bash
# bash curl.sh <base-url>: login, a list and a payment with curl.
set -euo pipefail
base=$1

call() { curl --silent --show-error --fail-with-body --max-time 20 "$@"; }
# first TEXT PATTERN: what the pattern's group matches first, or nothing
first() { sed -nE "s/.*$2.*/\1/p" <<<"$1" | head -n 1; }
complain() { echo "$1" >&2; exit 1; }

login=$(call --user user:password "$base/api/v1/authorizations/authorize") || complain "login: $login"
[[ $login =~ \"expires_in\":\ ?\"300\" ]] || complain "expires_in is not \"300\": $login"
token=$(first "$login" '"access_token": ?"([^"]+)"')

accounts=$(call --oauth2-bearer "$token" "$base/api/v1/accounts?PageNumber=1&PageSize=10") || complain "accounts: $accounts"
[[ $accounts =~ \"accountIdentifiers\":\ ?\[(\{[^\}]*\}) ]] || complain "no accounts: $accounts"
account=${BASH_REMATCH[1]}
[[ $accounts =~ \"currency\":\ ?\"([A-Z]{3})\" ]] || complain "no currency: $accounts"
currency=${BASH_REMATCH[1]}

payment=$(
  cat <<JSON
{"idempotencyKey": "curl-$$-$RANDOM$RANDOM", "requestedExecutionDate": "$(date -u +%FT%TZ)", "debtorAccount": $account,
 "debtorReference": "curl", "currencyOfTransfer": "$currency", "amount": {"currency": "$currency", "amount": 12.5},
 "chargeBearer": "SHA", "creditorAccount": $account, "creditorName": "Müller & Søn"}
JSON
)
answer=$(call --oauth2-bearer "$token" --json "$payment" "$base/api/v1/payments/singles") || complain "payment: $answer"
[[ $answer =~ \"paymentId\":\ ?\"[0-9a-f-]{36}\" ]] || complain "no paymentId: $answer"
