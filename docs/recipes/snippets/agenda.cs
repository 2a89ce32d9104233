// Usage: SMS_URL=http://localhost:8080 SMS_KEY=… dotnet run agenda.cs AG-24 "06 39 98 00 34"   (.NET 10)
#:property PublishAot=false
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

var (id, phone) = (args[0], args[1]);
using var http = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("SMS_URL")!) };
http.DefaultRequestHeaders.Authorization =
    new AuthenticationHeaderValue("Bearer", Environment.GetEnvironmentVariable("SMS_KEY"));

async Task<JsonElement> Put(string path, object body)
{
    using var answer = await http.PutAsJsonAsync(path, body);
    var read = await answer.Content.ReadFromJsonAsync<JsonElement>();
    if (!answer.IsSuccessStatusCode)
        throw new InvalidOperationException($"{read.GetProperty("code")}: {read.GetProperty("title")}");
    return read;
}

// The practice, once; sent again it stays as it is.
await Put("/v1/practices/tilleuls", new
{
    name = "Cabinet des Tilleuls",
    sender = "TILLEULS",
    phone = "01 99 00 12 35",
    address = "12 rue des Tilleuls",
    timeZone = "Europe/Paris",
});

// Booking, and moving, are the same call.
async Task<string?> Book(string startsAt)
{
    var series = await Put($"/v1/appointments/{Uri.EscapeDataString(id)}", new
    {
        contact = new { phone },
        practice = "tilleuls",
        startsAt,
        reminders = new[] { "P2D" },
        consent = new
        {
            method = "paper",
            grantedAt = "2026-11-02T10:00",
            wording = "J’accepte de recevoir par SMS les rappels de mes rendez-vous "
                + "au Cabinet des Tilleuls. Je peux arrêter à tout moment.",
        },
    });
    return series.GetProperty("steps")[0].GetProperty("plannedAt").GetString();
}

Console.WriteLine($"booked, reminder planned for {await Book("2028-05-16T10:30")}");
Console.WriteLine($"moved, reminder planned for {await Book("2028-05-18T15:00")}");

// Cancelling ends the reminders; the second time changes nothing.
using var ended = await http.DeleteAsync($"/v1/appointments/{Uri.EscapeDataString(id)}");
ended.EnsureSuccessStatusCode();
Console.WriteLine("cancelled");
