#!/bin/sh
# curl: -T streams the file as the body of a PUT.
for job in "$@"; do
    { read -r method; read -r url; read -r body; read -r answer; } < "$job"
    set --
    while IFS= read -r header; do set -- "$@" --header "$header"; done <<END
$(tail -n +5 "$job")
END
    # An empty here-document still has one empty line.
    [ "$(wc -l < "$job")" -gt 4 ] || set --
    if [ "$method" = PUT ]; then set -- "$@" --upload-file "$body"; fi
    status=$(curl --silent --show-error --max-time 60 --globoff --output "$answer" --write-out '%{http_code}' "$@" "$url" 2>&1)
    case $status in
        [1-9][0-9][0-9]) echo "$status" ;;
        *) echo "error $status" | tr '\n' ' '; echo ;;
    esac
done
