#!/usr/bin/env bash
# declare-api.sh: writes the public members of each shipped project that are not in its PublicAPI.Shipped.txt to its PublicAPI.Unshipped.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
for project in src/Trpo.*/; do
  echo '#nullable enable' >"${project}PublicAPI.Unshipped.txt"
  [ -f "${project}PublicAPI.Shipped.txt" ] || echo '#nullable enable' >"${project}PublicAPI.Shipped.txt"
done

# The compiler names every member that no file has (RS0016). The command-line tool references all others but one.
output=$(for top in Trpo.Cli Trpo.Orleans; do dotnet build src/$top -c Release --no-incremental -v q -nologo -tl:off -p:TreatWarningsAsErrors=false; done)
for project in src/Trpo.*/; do
  sed -n "s/.*warning RS0016: Symbol '\(.*\)' is not part of the declared public API.*$(basename "$project").csproj\(::TargetFramework=[^]]*\)\{0,1\}\]$/\1/p" <<<"$output" | LC_ALL=C sort -u >>"${project}PublicAPI.Unshipped.txt"
  echo "${project}PublicAPI.Unshipped.txt: $(($(wc -l <"${project}PublicAPI.Unshipped.txt") - 1)) members"
done
