# Fuzz targets: go test runs their seeds; this runs each for a while.

# fuzz TIME runs every fuzz target of every module for TIME, one after the other. A
# failing input is left in testdata/fuzz of its package, to be committed as a seed.
fuzz() {
	local dir file target
	for dir in $modules; do
		(cd "$dir" && git ls-files '*_test.go' | xargs -r grep -H '^func Fuzz' | sed 's/^\(.*\):func \(Fuzz[A-Za-z0-9_]*\).*/\1 \2/') |
			while read -r file target; do
				[ -f "$dir/go.mod" ] && [ "$(cd "$dir/$(dirname "$file")" && go list -m)" = "$(cd "$dir" && go list -m)" ] || continue
				step "$target in $dir/$(dirname "$file"), $1"
				(cd "$dir" && go test -run xxx -fuzz "^$target\$" -fuzztime "$1" "./$(dirname "$file")" </dev/null) || exit 1
			done || fail "a fuzz target failed: see above"
	done
}
