#!/usr/bin/env bash
# compare-speed.sh <commit> [repeats]: times training runs with that commit and with this working tree, in turns, and prints times per environment step and their ratios.
set -euo pipefail
. "$(dirname "$0")/prepare-comparison.sh"
for repeat in $(seq "${2:-5}"); do
  dotnet "$before" speed >>"$work/before.txt"
  dotnet "$after" speed >>"$work/after.txt"
done
dotnet "$after" ratios "$work/before.txt" "$work/after.txt"
