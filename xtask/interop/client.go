// Go's net/http. A body of *os.File goes out chunked.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	client := &http.Client{Timeout: time.Minute}
	for _, path := range os.Args[1:] {
		status, err := run(client, path)
		if err != nil {
			fmt.Println("error", err)
		} else {
			fmt.Println(status)
		}
	}
}

func run(client *http.Client, path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	job := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	var body io.Reader
	if job[2] != "-" {
		file, err := os.Open(job[2])
		if err != nil {
			return 0, err
		}
		defer file.Close()
		body = file
	}
	request, err := http.NewRequest(job[0], job[1], body)
	if err != nil {
		return 0, err
	}
	for _, header := range job[4:] {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	answer, err := os.Create(job[3])
	if err != nil {
		return 0, err
	}
	defer answer.Close()
	_, err = io.Copy(answer, response.Body)
	return response.StatusCode, err
}
