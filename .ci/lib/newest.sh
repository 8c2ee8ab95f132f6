# Our go.mod files require the lowest dependencies that work, and so the other tests
# run with those. Here are the newest.

# newest tests each released module with all that its go.mod names at the newest
# version.
newest() {
	local dir modfile
	for dir in $released; do
		step "tests of $dir with the newest dependencies"
		modfile=$(newest_modfile "$dir")
		(cd "$dir" && go test -modfile="$modfile" ./...)
	done
}

# newest_modfile FOLDER prints the path of a copy of the module's go.mod with those.
newest_modfile() {
	local copy dependencies
	copy=$(mktemp -d)/go.mod
	sed "s|=> \.\..*|=> $PWD|" "$1/go.mod" >"$copy" # the root is all that is replaced
	cp "$1/go.sum" "${copy%.mod}.sum"
	dependencies=$(sed -n 's|^\t\([^ ]*\) v.*|\1@latest|p' "$copy" | grep -vF "$(module_in .)")
	(cd "$1" && go get -modfile="$copy" $dependencies && go mod tidy -modfile="$copy") >&2 || return
	printf '%s' "$copy"
}
