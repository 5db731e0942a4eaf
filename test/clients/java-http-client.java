// java java-http-client.java <base-url>: login, a list and a payment with java.net.http, which offers h2c on plain HTTP.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Pattern;

class JavaHttpClient {
  static final HttpClient client = HttpClient.newHttpClient();
  static String base;

  public static void main(String[] args) throws Exception {
    base = args[0];
    String basic = "Basic " + Base64.getEncoder().encodeToString("user:password".getBytes());
    String login = send(request("/api/v1/authorizations/authorize", basic).GET());
    check(find(login, "\"expires_in\"\\s*:\\s*\"(300)\"") != null, "expires_in is not \"300\": " + login);
    String bearer = "Bearer " + find(login, "\"access_token\"\\s*:\\s*\"([^\"]+)\"");

    String accounts = send(request("/api/v1/accounts?PageNumber=1&PageSize=10", bearer).GET());
    String account = find(accounts, "\"accountIdentifiers\"\\s*:\\s*\\[(\\{[^}]*\\})");
    String currency = find(accounts, "\"currency\"\\s*:\\s*\"([A-Z]{3})\"");
    check(account != null && currency != null, "no accounts: " + accounts);

    String payment = """
        {"idempotencyKey": "%s", "requestedExecutionDate": "%s", "debtorAccount": %s, "debtorReference": "java",
         "currencyOfTransfer": "%s", "amount": {"currency": "%s", "amount": 12.5}, "chargeBearer": "SHA",
         "creditorAccount": %s, "creditorName": "Müller & Søn"}
        """.formatted(UUID.randomUUID(), Instant.now(), account, currency, currency, account);
    String answer = send(request("/api/v1/payments/singles", bearer)
        .header("content-type", "application/json").POST(BodyPublishers.ofString(payment)));
    check(find(answer, "\"paymentId\"\\s*:\\s*\"([0-9a-f-]{36})\"") != null, "no paymentId: " + answer);
  }

  static HttpRequest.Builder request(String path, String authorization) {
    return HttpRequest.newBuilder(URI.create(base + path)).header("authorization", authorization);
  }

  static String send(HttpRequest.Builder builder) throws Exception {
    HttpRequest request = builder.build();
    var response = client.send(request, BodyHandlers.ofString());
    check(response.statusCode() / 100 == 2, request.uri() + " was answered " + response.statusCode() + ": " + response.body());
    return response.body();
  }

  static String find(String text, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? matcher.group(1) : null;
  }

  static void check(boolean holds, String complaint) {
    if (holds) return;
    System.err.println(complaint);
    System.exit(1);
  }
}
