// A bank's back end for <akiba-selfie>, with ASP.NET's minimal API. It serves the page, creates a session at the relay,
// accepts a verdict from the relay's webhook or from a proof, and returns it. Its settings come from the environment: see
// ../README.md.

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.FileProviders;

string Env(string name, string? otherwise = null) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : otherwise ?? throw new InvalidOperationException($"set {name}");

var relayUrl = Env("RELAY_URL");
var apiKey = Env("AKIBA_API_KEY");
var webhooks = new WebhookVerifier(Env("AKIBA_WEBHOOK_SECRET"));
var relayOrigin = new Uri(relayUrl).GetLeftPart(UriPartial.Authority);
var nationalId = Env("NATIONAL_ID", "0000000000001");
var html = File.ReadAllText("../page/index.html").Replace("{{relay}}", relayUrl);

// Only the server has the API key. Never send it to a page.
var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
{
    BaseAddress = new Uri(relayUrl),
    Timeout = TimeSpan.FromSeconds(10),
};
var proofs = new ProofVerifier(
    () => client.GetStringAsync("/.well-known/jwks.json"),
    Env("PROOF_ISSUER", "akiba-relay"),
    Env("AKIBA_KEY_NAME", "bank"));

// STUB: your database. These are lost when the process ends.
var customers = new ConcurrentDictionary<string, Customer>();
var verdicts = new ConcurrentDictionary<string, Verdict>();
var seen = new ConcurrentDictionary<string, bool>();

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{Env("PORT", "3000")}");
builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = 16_384);
var app = builder.Build();

app.Use(async (context, next) =>
{
    var headers = context.Response.Headers;
    headers.ContentSecurityPolicy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; media-src 'self' blob:; " +
        $"connect-src 'self' {relayOrigin} {Env("UPLOADS", "https://*.amazonaws.com")}; base-uri 'none'; " +
        "form-action 'self'; frame-ancestors 'none'";
    headers.CacheControl = "no-store";
    headers["Permissions-Policy"] = "camera=(self)";
    headers["Referrer-Policy"] = "no-referrer";
    headers.XContentTypeOptions = "nosniff";
    try
    {
        await next();
    }
    // The relay can't be reached, or has a fault. A webhook is then sent again.
    catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
    {
        Console.Error.WriteLine($"the relay: {error.GetType().Name}");
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsJsonAsync(new { error = "try again later" });
    }
});
foreach (var (path, folder) in new[] { ("/page", "../page"), ("/akiba-selfie", Env("WIDGET", "../../../build/package")) })
{
    app.UseStaticFiles(new StaticFileOptions
    {
        FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
        RequestPath = path,
    });
}

app.MapGet("/", (HttpContext context) =>
{
    Login(context);
    return Results.Content(html, "text/html; charset=utf-8");
});

// Returns the session's token to the page. The identifier comes from the login, never from the page.
app.MapPost("/selfie-session", async (HttpContext context) =>
{
    var who = Login(context);
    // Two requests at once get the same session. STUB: lock the customer's row.
    await who.Lock.WaitAsync();
    try
    {
        var last = who.Session is null ? null : await Session(who.Session);
        if (last is not null)
        {
            var state = (string?)last["state"];
            var verdict = last["verdict"] as JsonObject;
            // Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the
            // bank has to decide.
            if ((bool?)verdict?["final"] == true || state is "verifying" or "unknown")
            {
                return Results.Json(new { error = $"the last check is {state}" }, statusCode: 409);
            }
            // Try again in the same session, as it counts the tries. A new session would start at zero.
            if (verdict is not null || (DateTimeOffset?)last["expires_at"] > DateTimeOffset.UtcNow)
            {
                return Results.Json(new { token = who.Token });
            }
        }
        var wanted = new JsonObject { ["identifier"] = nationalId, ["type"] = "1", ["reference"] = who.Number };
        var created = await Relay(HttpMethod.Post, "/v1/sessions", wanted)
            ?? throw new HttpRequestException("the relay has no sessions");
        (who.Session, who.Token) = ((string?)created["session_id"], (string?)created["session_token"]);
        return Results.Json(new { token = who.Token });
    }
    finally
    {
        who.Lock.Release();
    }
});

// Receives the relay's webhook. A valid one only says that there is news: the verdict comes from the relay.
app.MapPost("/hooks/akiba", async (HttpRequest request) =>
{
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer);
    var body = buffer.ToArray();
    var id = (string?)request.Headers["webhook-id"];
    var timestamp = (string?)request.Headers["webhook-timestamp"];
    var signatures = (string?)request.Headers["webhook-signature"];
    if (id is null || !webhooks.Accepts(id, timestamp, signatures, body, DateTimeOffset.UtcNow))
    {
        return Results.StatusCode(400);
    }
    var session = (string?)JsonNode.Parse(body)?["data"]?["session_id"];
    if (session is null || !Regex.IsMatch(session, @"\Ases_[0-9a-f]{1,64}\z"))
    {
        return Results.StatusCode(400);
    }
    // A webhook may arrive more than once.
    if (!seen.ContainsKey(id))
    {
        if (await Session(session) is { } known)
        {
            var verdict = known["verdict"] as JsonObject;
            verdicts[session] = new Verdict(
                (string?)known["state"],
                (string?)verdict?["outcome"],
                (bool?)verdict?["final"] ?? false);
        }
        seen[id] = true;
    }
    return Results.StatusCode(204);
});

// Accepts a proof from the page: the relay's signature makes the verdict true, whoever brings it.
app.MapPost("/selfie-proof", async (HttpContext context, ProofRequest sent) =>
{
    var session = Login(context).Session;
    var claims = await proofs.Claims(sent.Proof ?? "", DateTimeOffset.UtcNow);
    // A proof is good only for the person whom the bank asked about: the session must be this customer's.
    if (claims is null || session is null || claims.Session != session)
    {
        return Results.StatusCode(400);
    }
    // Each proof counts once. STUB: a unique column.
    if (!seen.TryAdd(claims.Id, true))
    {
        return Results.StatusCode(409);
    }
    var told = new Verdict(claims.Outcome, claims.Outcome, claims.IsFinal);
    // An older proof must not replace a final verdict.
    verdicts.AddOrUpdate(session, told, (_, known) => known.Final ? known : told);
    return Results.StatusCode(204);
});

// Returns the verdict that the bank has. Base a decision about money on this, on the server, and never on what the page
// says. After a rejection that is not final, the customer can still be verified.
app.MapGet("/verdict", (HttpContext context) =>
{
    var session = Login(context).Session;
    var known = session is null ? null : verdicts.GetValueOrDefault(session);
    return Results.Json(known ?? new Verdict("open", null, false));
});

app.Run();

// STUB: your login. Here each browser is another customer, and all have the same national id.
Customer Login(HttpContext context)
{
    if (context.Request.Cookies["login"] is { } sent && customers.TryGetValue(sent, out var known))
    {
        return known;
    }
    var login = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    var customer = customers[login] = new Customer($"customer-{customers.Count + 1}");
    context.Response.Cookies.Append("login", login, new CookieOptions
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
    });
    return customer;
}

Task<JsonNode?> Session(string id) => Relay(HttpMethod.Get, $"/v1/sessions/{id}");

// Calls the relay. Returns null if it does not know the session.
async Task<JsonNode?> Relay(HttpMethod method, string path, JsonNode? body = null)
{
    using var request = new HttpRequestMessage(method, path);
    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    request.Content = body is null ? null : JsonContent.Create(body);
    using var response = await client.SendAsync(request);
    if (response.StatusCode == HttpStatusCode.NotFound)
    {
        return null;
    }
    response.EnsureSuccessStatusCode();
    return JsonNode.Parse(await response.Content.ReadAsStringAsync());
}

sealed class Customer(string number)
{
    public string Number { get; } = number;
    public SemaphoreSlim Lock { get; } = new(1);
    public string? Session { get; set; }
    public string? Token { get; set; }
}

sealed record Verdict(string? State, string? Outcome, bool Final);

sealed record ProofRequest(string? Proof);
