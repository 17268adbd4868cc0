#!/usr/bin/env bash
# check-packages.sh [folder of packages]: installs each package into fresh projects, builds them without a warning, and runs the programs of the packages' READMEs.
set -euo pipefail
cd "$(dirname "$0")/.."
. build/isolated-feed.sh
repository=$PWD
feed=$(cd "${1:-artifacts/packages}" && pwd)
version=$(basename "$(ls -t "$feed"/Trpo.Runtime.*.nupkg | head -1)" .nupkg | sed 's/^Trpo\.Runtime\.//')
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
write_feed "$feed" "$folder"
cd "$folder"

# program <folder>: the first program of its README.
program() { awk '/^```csharp$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$repository/$1/README.md"; }

# create <template> <project> <packages...>: a project of the SDK's template, as a user makes it.
create() {
  local template=$1 project=$2 package
  shift 2
  dotnet new "$template" -o "$project" >/dev/null
  for package in "$@"; do
    case $package in
      Trpo.*) dotnet add "$project" package "$package" --version "$version" >/dev/null ;;
      *) dotnet add "$project" package "$package" >/dev/null ;;
    esac
  done
}

# built <project>: builds without a warning for this platform, as docs/deployment.md advises, and prints the size of the output.
built() {
  dotnet build "$1" -c Release -p:UseCurrentRuntimeIdentifier=true -warnaserror -v q -nologo || { echo "A fresh project does not build with the packages ($1)." >&2; exit 1; }
  echo "$1: $(du -sm "$1/bin" | cut -f1) MB"
}

# ran <project> <text>: runs a program in the folder of all, whose output must hold the text.
ran() {
  local output
  output=$(dotnet "$(ls "$1"/bin/Release/net*/*/"$1".dll)") || { echo "The program of a README fails ($1): $output" >&2; exit 1; }
  grep -m1 "$2" <<<"$output" || { echo "The program of a README does not print '$2' ($1)." >&2; exit 1; }
}

create console training Trpo.Estimators
program src/Trpo.Estimators > training/Program.cs
built training
ran training '500.0 ± '

create console ferry Trpo.Estimators
program . > ferry/Program.cs
built ferry
ran ferry ' over 100 episodes'

create console acting Trpo.Onnx
program src/Trpo.Onnx > acting/Program.cs
built acting
ran acting '^[01]$'

create console managed Trpo.Runtime
program src/Trpo.Runtime > managed/Program.cs
built managed
ran managed '^[01]$'

create console reporting Trpo.Reports
program src/Trpo.Reports > reporting/Program.cs
built reporting
ran reporting '' >/dev/null
grep -q '</html>' run/report.html || { echo "The program of Trpo.Reports writes no report." >&2; exit 1; }

create console cluster Trpo.Orleans Microsoft.Orleans.Server
program src/Trpo.Orleans > cluster/Program.cs
built cluster
ran cluster 'the training has ended'

create web service Trpo.Onnx
cat > service/Program.cs <<'PROGRAM'
using Trpo.Onnx;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(_ => PolicySession.Open("cartpole.onnx"));
var app = builder.Build();
app.MapPost("/act", (float[] observation, PolicySession policy) => policy.Act(observation));
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
Console.WriteLine(await (await client.PostAsJsonAsync("/act", new[] { 0.01f, 0.02f, -0.03f, 0.04f })).Content.ReadAsStringAsync());
PROGRAM
built service
ASPNETCORE_URLS=http://127.0.0.1:0 ran service '^[01]$'

create nunit checks Trpo.Estimators
cat > checks/UnitTest1.cs <<'PROGRAM'
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace checks;

public class Tests
{
    [Test]
    public void A_short_training_beats_nothing_by_far()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 10_000 }).Fit(cartPole);
        Assert.That(ml.ReinforcementLearning.Evaluate(policy, cartPole).MeanReturn, Is.GreaterThan(50));
    }
}
PROGRAM
built checks
dotnet test checks -c Release -p:UseCurrentRuntimeIdentifier=true --no-build -v q -nologo

echo "All packages of version $version work in fresh projects."
