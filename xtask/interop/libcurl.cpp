// C++ with libcurl.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <curl/curl.h>

using File = std::unique_ptr<FILE, int (*)(FILE *)>;

static std::string run(CURL *curl, const char *path) {
    std::ifstream job(path);
    std::string method, url, body, answer_path, header;
    std::getline(job, method);
    std::getline(job, url);
    std::getline(job, body);
    std::getline(job, answer_path);
    curl_slist *list = nullptr;
    while (std::getline(job, header)) {
        list = curl_slist_append(list, header.c_str());
    }
    std::unique_ptr<curl_slist, void (*)(curl_slist *)> headers(list, curl_slist_free_all);

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    File source(method == "PUT" ? std::fopen(body.c_str(), "rb") : nullptr, std::fclose);
    if (source) {
        std::fseek(source.get(), 0, SEEK_END);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READDATA, source.get());
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(std::ftell(source.get())));
        std::rewind(source.get());
    }
    File answer(std::fopen(answer_path.c_str(), "wb"), std::fclose);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer.get());

    const CURLcode result = curl_easy_perform(curl);
    if (result != CURLE_OK) {
        return std::string("error ") + curl_easy_strerror(result);
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return std::to_string(status);
}

int main(int count, char **jobs) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    std::unique_ptr<CURL, void (*)(CURL *)> curl(curl_easy_init(), curl_easy_cleanup);
    for (int i = 1; i < count; i++) {
        std::cout << run(curl.get(), jobs[i]) << std::endl;
    }
}
