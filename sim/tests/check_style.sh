#!/bin/sh
# check_style.sh c|python|shell: what clang-format, ruff or shellcheck say of all sources. Skips (77) where the
# tool cannot be had. `check_style.sh fix` formats the C sources. `check_style.sh tidy FOLDER` is clang-tidy by
# .clang-tidy, with the commands of that build.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/client-tests/suite.sh"
cd "$root"

# Our sources alone: the tests are full of Check's macros.
tidy() {
    command -v clang-tidy >/dev/null || exit 77
    find sim client-tests/bench -name '*.c' ! -path 'sim/tests/*' -print0 |
        xargs -0 -n 8 -P "$(nproc)" clang-tidy -p "$1" --quiet 2>/dev/null
}
if [ "$1" = tidy ]; then
    tidy "$2"
    exit
fi

tools=$root/build/lint
if ! make_venv "$tools" sim/tests/lint_requirements.txt; then
    echo "the tools of sim/tests/lint_requirements.txt cannot be had: skipped"
    exit 77
fi

c_files() {
    find sim client-tests/bench -name '*.[ch]' -print0
}

# All scripts with a first line that names a shell; what they source is looked at with them.
scripts() {
    grep -rlE '^#!.*/(ba)?sh( |$)' --exclude-dir=node_modules --null sim client-tests .ci
}

case $1 in
c) c_files | xargs -0 "$tools/bin/clang-format" --dry-run -Werror ;;
fix) c_files | xargs -0 "$tools/bin/clang-format" -i ;;
python) "$tools/bin/ruff" check --quiet --no-cache --output-format concise --config client-tests/python/pyproject.toml sim client-tests ;;
shell)
    scripts | xargs -0 "$tools/bin/shellcheck" --external-sources --check-sourced --severity=warning \
        --source-path="$root" --source-path=SCRIPTDIR --source-path="$root/client-tests/cli2"
    ;;
esac
