import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HttpURLConnection, the class that Android apps use; here the JDK's implementation of it. */
public final class UrlConnection {
    public static void main(String[] jobs) throws IOException {
        for (String job : jobs) {
            System.out.println(run(Files.readAllLines(Path.of(job))));
        }
    }

    private static String run(List<String> job) {
        try {
            HttpURLConnection connection = (HttpURLConnection) new URL(job.get(1)).openConnection();
            connection.setRequestMethod(job.get(0));
            connection.setReadTimeout(60_000);
            for (String header : job.subList(4, job.size())) {
                String[] parts = header.split(": ", 2);
                connection.setRequestProperty(parts[0], parts[1]);
            }
            if (job.get(0).equals("PUT")) {
                connection.setDoOutput(true);
                try (OutputStream body = connection.getOutputStream()) {
                    Files.copy(Path.of(job.get(2)), body);
                }
            }
            int status = connection.getResponseCode();
            InputStream answer = status < 400 ? connection.getInputStream() : connection.getErrorStream();
            Files.write(Path.of(job.get(3)), answer == null ? new byte[0] : answer.readAllBytes());
            return Integer.toString(status);
        } catch (IOException e) {
            return "error " + e;
        }
    }
}
