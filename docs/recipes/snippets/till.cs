// Usage: SMS_URL=http://localhost:8080 SMS_KEY=… dotnet run till.cs "06 39 98 00 24" BULL-2603-0024   (.NET 10)
#:property PublishAot=false
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

var (phone, bulletin) = (args[0], args[1]);
using var http = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("SMS_URL")!) };
http.DefaultRequestHeaders.Authorization =
    new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("SMS_KEY"));

async Task<JsonElement> Ask(string path, object body)
{
    using var answer = await http.PostAsJsonAsync(path, body);
    var read = await answer.Content.ReadFromJsonAsync<JsonElement>();
    if (!answer.IsSuccessStatusCode)
        throw new InvalidOperationException($"{read.GetProperty("code")}: {read.GetProperty("title")}");
    return read;
}

// The words of the bulletin. Sent again, they are the same wording.
var wording = await Ask("/v1/wordings", new
{
    purpose = "marketing",
    inUseFrom = "2026-01-01T00:00:00+01:00",
    text = "Je consens à recevoir par SMS les offres de Maison Lumière. "
        + "Je peux me désinscrire à tout moment en répondant STOP.",
});

// The yes, with the number of the bulletin that was signed.
var recorded = await Ask("/v1/consents", new
{
    phone,
    purpose = "marketing",
    wordingId = wording.GetProperty("id").GetString(),
    method = "paper",
    grantedAt = "2026-03-04T10:00:00+01:00",
    evidence = new { documentRef = bulletin },
});
var sendable = recorded.GetProperty("consents")[0].GetProperty("sendable").GetBoolean();
Console.WriteLine($"consent recorded, sendable: {(sendable ? "true" : "false")}");

// Somebody who says no at the till is left alone from this call on.
await Ask("/v1/consents/withdrawals", new { phone, purpose = "marketing", channel = "counter" });
Console.WriteLine("withdrawal recorded");
