#!/usr/bin/env bash
# check-native.sh <policy.onnx>: publishes programs that act by a policy as native code (AOT), and compares their answers, size and time to the first action with the JIT's.
set -euo pipefail
policy=$(realpath "$1")
cd "$(dirname "$0")/.."
max_bytes=8000000
case "$(uname -sm)" in
  "Linux x86_64") platform=linux-x64 ;;
  "Linux aarch64") platform=linux-arm64 ;;
  "Darwin arm64") platform=osx-arm64 ;;
  *) echo "No native code is published on $(uname -sm)." >&2; exit 0 ;;
esac

# ILCompiler links with clang unless told otherwise; gcc does as well.
linker=()
if ! command -v clang >/dev/null; then
  command -v gcc >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends gcc libc6-dev; } >/dev/null
  linker=(-p:CppCompilerAndLinker=gcc)
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The median of five starts, of which the first is not counted.
first_action() {
  "$@" "$policy" >/dev/null
  for _ in 1 2 3 4 5; do "$@" "$policy" | tail -1; done | sort -n | sed -n 3p
}

for project in Trpo.Native Trpo.NativeSession; do
  # A warning of this repository's own code is an error. ML.NET and OnnxRuntime have their own, which are of code that a session does not reach.
  foreign=()
  [ "$project" = Trpo.Native ] || foreign=(-p:NoWarn=IL2104%3BIL3053%3BIL2026%3BIL3050)
  dotnet publish "tests/$project" -c Release -r $platform ${linker[@]+"${linker[@]}"} ${foreign[@]+"${foreign[@]}"} -o "$folder/$project" -v q -nologo
  dotnet build "tests/$project" -c Release -v q -nologo
  native=("$folder/$project/$project")
  jit=(dotnet "tests/$project/bin/Release/net10.0/$project.dll")
  diff <("${native[@]}" "$policy" | sed '$d') <("${jit[@]}" "$policy" | sed '$d') || { echo "$project acts differently as native code." >&2; exit 1; }
  "${native[@]}" "$policy" | grep -q 'gives a missing action' || { echo "$project overlooks a missing value." >&2; exit 1; }
  [ "$project" = Trpo.Native ] || "${native[@]}" "$policy" | grep -q 'has the same action' || { echo "$project acts differently on an object." >&2; exit 1; }
  bytes=$(stat -c %s "$folder/$project/$project" 2>/dev/null || stat -f %z "$folder/$project/$project")
  native_time=$(first_action "${native[@]}")
  jit_time=$(first_action "${jit[@]}")
  echo "$project: $bytes bytes as native code; first action after $native_time ms, with the JIT after $jit_time ms"
  [ "$native_time" -lt "$jit_time" ] || { echo "$project starts no faster as native code." >&2; exit 1; }
  [ "$project" != Trpo.Native ] || [ "$bytes" -lt $max_bytes ] || { echo "$project has more than $max_bytes bytes." >&2; exit 1; }
done
