#!/usr/bin/env bash
# Installs the templates from a folder of packages and tries each as a stranger would: creates it under an awkward name, restores, builds without warnings,
# runs its commands to the trained policy, and runs its tests. Prints the seconds from `dotnet new` to the policy, without the restore, and the size of the output.
#   build/check-templates.sh artifacts/packages [template ...]
set -euo pipefail
. "$(dirname "$0")/isolated-feed.sh"
[ $# -ge 1 ] && feed=$(cd "$1" && pwd) || { echo "usage: build/check-templates.sh <folder of packages> [template ...]" >&2; exit 2; }
shift
[ $# -gt 0 ] && templates=("$@") || templates=(trpo-environment trpo-pipeline trpo-service trpo-log)
package=$(ls -t "$feed"/Trpo.Templates.*.nupkg 2>/dev/null | head -n 1) || true
[ -n "$package" ] || { echo "There is no Trpo.Templates.*.nupkg in $feed: run dotnet pack -c Release -o $feed first." >&2; exit 1; }

# A name that is no identifier: the code must have another one for its namespaces.
name=my-2nd.3app
max_seconds=60
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
hive=$folder/hive

write_feed "$feed" "$folder"

# step <template> <what> <command...>: runs a command in the current folder; its output is shown if it fails, and what failed behind it.
step() {
  local template=$1 what=$2
  shift 2
  "$@" >"$folder/log" 2>&1 && return
  cat "$folder/log" >&2
  echo "$template: $what failed ($*)." >&2
  exit 1
}

# The commands that end in a policy, as the README of a template has them.
train() {
  case $1 in
    trpo-environment) dotnet run -c Release --no-build --project $name && test -s artifacts/policy.onnx && test -s artifacts/report.html ;;
    trpo-pipeline) dotnet run -c Release --no-build --project $name && test -s artifacts/model.zip && test -s artifacts/policy.onnx ;;
    trpo-service) dotnet run -c Release --no-build --project $name.Training -- $name/policy.onnx && test -s $name/policy.onnx ;;
    trpo-log) dotnet run -c Release --no-build --project $name && test -s artifacts/policy.onnx && test -s artifacts/report.html ;;
    *) echo "No commands are known for the template $1."; return 1 ;;
  esac
}

step Trpo.Templates "dotnet new install" dotnet new install "$package" --debug:custom-hive "$hive"
for template in "${templates[@]}"; do
  mkdir "$folder/$template"
  cd "$folder/$template"
  started=$(date +%s)
  step "$template" "dotnet new" dotnet new "$template" -n $name --debug:custom-hive "$hive"
  cd $name
  restoring=$(date +%s)
  step "$template" "restore without warnings" dotnet restore -warnaserror
  restored=$(date +%s)
  step "$template" "build without warnings" dotnet build -c Release --no-restore -warnaserror
  step "$template" "training" train "$template"
  trained=$(date +%s)
  cp "$folder/log" "$folder/training"
  step "$template" "its tests" dotnet test -c Release --no-build
  tested=$(date +%s)
  size=$(du -sm $name/bin | cut -f1)
  awk -v template="$template" -v started="$started" -v restoring="$restoring" -v restored="$restored" -v trained="$trained" -v tested="$tested" -v size="$size" -v max="$max_seconds" 'BEGIN {
    total = restoring - started + trained - restored
    printf "%s: %d s from dotnet new to the policy, without %d s of restore; tests %d s; %d MB of output\n", template, total, restored - restoring, tested - trained, size
    if (total >= max) { printf "%s: slower than %d s\n", template, max > "/dev/stderr"; exit 1 }
  }'
  sed 's/^/  /' "$folder/training"
  rm -rf "$folder/${template:?}"
done
