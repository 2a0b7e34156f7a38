#!/usr/bin/env bash
# Everything that is checked: installs what the tests need of the system's packages (Debian, Ubuntu) where it is
# missing, builds with warnings as errors, runs all tests, and closes with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

missing=()
[ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || missing+=(chromium)
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || missing+=(postgresql)
compgen -G '/usr/share/fonts/truetype/dejavu/*' > /dev/null || missing+=(fonts-dejavu-core)
compgen -G '/usr/lib/*/libjemalloc.so.2' > /dev/null || missing+=(libjemalloc2)
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  as_root=(env DEBIAN_FRONTEND=noninteractive)
  [ "$(id -u)" -eq 0 ] || as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
fi

dotnet build AsFT.Web.sln -nologo -v quiet -clp:NoSummary

# One test program after the other: they start sites and trainers of their own, and two cores are soon full.
report=$(mktemp)
trap 'rm -f "$report"' EXIT
set +e
dotnet test --solution AsFT.Web.sln --no-build --max-parallel-test-modules 1 2>&1 | tee "$report"
status=${PIPESTATUS[0]}
set -e
count() { sed -nE "s/^ +$1: ([0-9]+).*/\1/p" "$report" | tail -1; }
[ "$(count skipped)" = 0 ] || grep -A2 '^skipped ' "$report" || true
echo "$(count succeeded) passed, $(count failed) failed"
exit "$status"
