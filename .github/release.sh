#!/usr/bin/env bash
# Prepares a release: .github/release.sh v0.1.0
#
# Every go.mod of this repository then requires our modules at that version, and the
# tags to make are printed. It commits, tags and pushes nothing: see "Releasing" in
# CONTRIBUTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."

. .ci/lib/consumers.sh # which modules are released

version=${1:-}
if ! [[ $version =~ ^v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]]; then
	printf '.github/release.sh: version "%s": want one like v0.1.0\n' "$version" >&2
	exit 1
fi

go_mods=$(git ls-files go.mod '*/go.mod')
for file in $go_mods; do
	for dir in $released; do
		module=$(module_in "$dir")
		if grep -qE "^(require )?[[:space:]]*$module v" "$file"; then
			go mod edit -require="$module@$version" "$file"
		fi
	done
done
for file in $go_mods; do
	(cd "$(dirname "$file")" && go mod tidy)
done

echo "After the commit is on main:"
for dir in $released; do
	if [ "$dir" = . ]; then
		printf 'git tag -a -m %s %s\n' "$version" "$version"
	else
		printf 'git tag -a -m %s %s\n' "$dir/$version" "$dir/$version"
	fi
done
printf 'git push origin%s\n' "$(for dir in $released; do printf ' %s' "${dir#.}/$version"; done | sed 's| /| |')"
