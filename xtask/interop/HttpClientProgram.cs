using System;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;

/// C#'s HttpClient.
static class HttpClientProgram
{
    static void Main(string[] jobs)
    {
        using (var client = new HttpClient { Timeout = TimeSpan.FromMinutes(1) })
        {
            foreach (var job in jobs)
            {
                try
                {
                    Console.WriteLine(Run(client, File.ReadAllLines(job)).GetAwaiter().GetResult());
                }
                catch (Exception e)
                {
                    Console.WriteLine("error " + e.GetBaseException().Message.Replace("\n", " "));
                }
            }
        }
    }

    static async Task<int> Run(HttpClient client, string[] job)
    {
        using (var request = new HttpRequestMessage(new HttpMethod(job[0]), job[1]))
        {
            if (job[2] != "-")
            {
                request.Content = new StreamContent(File.OpenRead(job[2]));
            }
            for (var i = 4; i < job.Length; i++)
            {
                var colon = job[i].IndexOf(": ", StringComparison.Ordinal);
                var name = job[i].Substring(0, colon);
                var value = job[i].Substring(colon + 2);
                // Content-Type and its like belong to the content, everything else to the request.
                if (!name.StartsWith("content-", StringComparison.Ordinal)
                    || !request.Content.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Headers.TryAddWithoutValidation(name, value);
                }
            }
            using (var response = await client.SendAsync(request))
            using (var answer = File.Create(job[3]))
            {
                await response.Content.CopyToAsync(answer);
                return (int)response.StatusCode;
            }
        }
    }
}
