import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPut;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.entity.FileEntity;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.HttpClients;

/** Apache HttpClient 4. */
public final class ApacheClient {
    public static void main(String[] jobs) throws Exception {
        // By default it would make `a//b` to `a/b`, which is another object.
        RequestConfig config = RequestConfig.custom().setNormalizeUri(false).setSocketTimeout(60_000).build();
        try (CloseableHttpClient client = HttpClients.custom().setDefaultRequestConfig(config).build()) {
            for (String job : jobs) {
                System.out.println(run(client, Files.readAllLines(Path.of(job))));
            }
        }
    }

    private static String run(CloseableHttpClient client, List<String> job) {
        HttpRequestBase request;
        if (job.get(0).equals("PUT")) {
            HttpPut put = new HttpPut(job.get(1));
            put.setEntity(new FileEntity(new File(job.get(2))));
            request = put;
        } else {
            request = new HttpGet(job.get(1));
        }
        for (String header : job.subList(4, job.size())) {
            String[] parts = header.split(": ", 2);
            request.setHeader(parts[0], parts[1]);
        }
        try (CloseableHttpResponse response = client.execute(request);
                OutputStream answer = new FileOutputStream(job.get(3))) {
            if (response.getEntity() != null) {
                response.getEntity().writeTo(answer);
            }
            return Integer.toString(response.getStatusLine().getStatusCode());
        } catch (Exception e) {
            return "error " + e;
        }
    }
}
