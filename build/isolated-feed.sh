# shellcheck shell=bash
# Sourced: write_feed <folder of packages> <temporary folder> writes a nuget.config into the temporary folder. Packages of this repository then come from the
# folder of packages alone and are extracted beside the nuget.config: another build of the same version may be in the user's cache, whose other packages are used
# where they are.
write_feed() {
  local feed=$1 folder=$2 cache cached
  cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
  unset NUGET_PACKAGES                    # it would take the place of the folder below
  mkdir -p "$folder/cache"
  for cached in "$cache"/*/; do
    case $(basename "$cached") in trpo.* | '*') ;; *) ln -s "${cached%/}" "$folder/cache/" ;; esac
  done
  {
    echo "<configuration>"
    echo "  <config><add key=\"globalPackagesFolder\" value=\"$folder/packages\" /></config>"
    echo "  <fallbackPackageFolders><add key=\"cache\" value=\"$folder/cache\" /></fallbackPackageFolders>"
    echo "  <packageSources><add key=\"checked-packages\" value=\"$feed\" /></packageSources>"
    echo "  <packageSourceMapping>"
    echo "    <packageSource key=\"checked-packages\"><package pattern=\"Trpo.*\" /></packageSource>"
    LC_ALL=C DOTNET_CLI_UI_LANGUAGE=en dotnet nuget list source | sed -nE 's|^ *[0-9]+\. +(.*) \[Enabled\]$|    <packageSource key="\1"><package pattern="*" /></packageSource>|p'
    echo "  </packageSourceMapping>"
    echo "</configuration>"
  } >"$folder/nuget.config"
}
