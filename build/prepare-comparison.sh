# Sourced by the comparisons: checks a commit out into a temporary worktree, and builds Trpo.Fingerprints there and here.
# Sets $work (a temporary folder), $before and $after (the two programs).
[ $# -ge 1 ] || { echo "usage: $0 <commit>" >&2; exit 2; }
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'git worktree remove --force "$work/tree" 2>/dev/null; rm -rf "$work"' EXIT
git worktree add --quiet --detach "$work/tree" "$1"
# Both builds run the program of this tree, which adapts to the names of an earlier API (EarlierApi.props).
rm -rf "$work/tree/benchmarks/Trpo.Fingerprints"
mkdir "$work/tree/benchmarks/Trpo.Fingerprints"
cp benchmarks/Trpo.Fingerprints/*.cs benchmarks/Trpo.Fingerprints/*.csproj benchmarks/Trpo.Fingerprints/*.props "$work/tree/benchmarks/Trpo.Fingerprints"
for tree in "$work/tree" .; do
  dotnet build "$tree/benchmarks/Trpo.Fingerprints" -c Release -v q -nologo -p:TreatWarningsAsErrors=false >&2
done
before=$work/tree/benchmarks/Trpo.Fingerprints/bin/Release/net10.0/Trpo.Fingerprints.dll
after=benchmarks/Trpo.Fingerprints/bin/Release/net10.0/Trpo.Fingerprints.dll
