# Sourced by sim/up and client-tests/run: what a Debian machine needs to build amisim.

# install_packages NAME...: those that build the simulator and the named ones. Says nothing when
# none is missing; all messages go to standard error.
install_packages() {
    set -- gcc libc6-dev cmake ninja-build pkg-config libevent-dev libxml2-dev libsqlite3-dev \
        libjansson-dev libyaml-dev libpcre2-dev libssl-dev libext2fs-dev \
        comerr-dev zlib1g-dev libssh-dev libcbor-dev node-llhttp \
        node-react node-react-dom esbuild "$@"
    if ! command -v dpkg-query >/dev/null 2>&1; then
        return 0 # not Debian: CMake names the first thing that is missing
    fi
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package};' "$@" 2>/dev/null || true)
    missing=
    for package in "$@"; do
        case ";$installed" in
        *";installed $package;"*) ;;
        *) missing="$missing $package" ;;
        esac
    done
    if [ -z "$missing" ]; then
        return 0
    fi

    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1; then
        as_root=sudo
    else
        echo "amisim needs these Debian packages:$missing" >&2
        echo "Run this as root, or install sudo, or install them yourself:" \
            "apt-get install$missing" >&2
        return 1
    fi
    echo "installing:$missing" >&2
    log=$(mktemp)
    # shellcheck disable=SC2086 # $missing is a list of words
    if (flock 8 && retry apt_get update && retry apt_get install $missing) 8<"$root/sim/install.sh"; then
        rm -f "$log"
        return 0
    fi
    cat "$log" >&2
    rm -f "$log"
    echo "could not install:$missing" >&2
    return 1
}

apt_get() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
        -o Acquire::Retries=3 "$@" >"$log" 2>&1 </dev/null
}

# retry COMMAND...: three times, with a pause that grows.
retry() {
    for pause in 2 5 0; do
        if "$@"; then
            return 0
        fi
        sleep $pause
    done
    return 1
}

# build PRESET: configures where that is new, and builds; shows the log only when it fails. Two at
# the same time in one folder wait for each other.
build() {
    case $1 in
    release) folder=$root/build ;;
    *) folder=$root/build/$1 ;;
    esac
    mkdir -p "$folder"
    [ -e "$folder/build.ninja" ] || echo "building amisim ($1)" >&2
    (
        flock 9
        cd "$root"
        { [ -e "$folder/build.ninja" ] || cmake --preset "$1"; } >"$folder/build.log" 2>&1 &&
            cmake --build "$folder" >>"$folder/build.log" 2>&1
    ) 9>"$folder/.lock" || {
        cat "$folder/build.log" >&2
        echo "amisim ($1) could not be built" >&2
        return 1
    }
}
