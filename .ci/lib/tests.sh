# Tests, from the quickest to those that need whole programs.

e2e=collector-config/e2e # the module whose tests build and start real backends

short_tests() {
	step "tests but the slow ones"
	go test -short ./...
}

tests() {
	step "tests"
	go test ./...
}

# race_tests runs every test in an order of chance, under the race detector.
race_tests() {
	local dir
	for dir in $modules; do
		step "tests of $dir, shuffled, under the race detector"
		if [ "$dir" = "$e2e" ]; then
			echo "only vetted here: its tests come with the real backends"
			(cd "$dir" && go vet ./...)
		else
			(cd "$dir" && go vet ./... && go test -race -shuffle=on ./...)
		fi
	done
}

# heap_tags_in_every_build is there because a tag is a return address, and those are
# the compiler's and the linker's to lay out.
heap_tags_in_every_build() {
	step "heap tags come back right, however the program is built"
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	heap_tag_tests 'EveryTag|Truth' -cpuprofile "$scratch/cpu.pgo" -o "$scratch/test"
	local flag
	for flag in -gcflags=all=-l -cover -trimpath "-ldflags=-s -w" "-pgo=$scratch/cpu.pgo"; do
		printf '%s\n' "${flag/$scratch\//}"
		heap_tag_tests 'EveryTag|Innermost|Tag.*Frames|Labelled' "$flag"
	done
}

# heap_tag_tests PATTERN FLAG... fails too when no test has such a name any more.
heap_tag_tests() {
	local pattern=$1 output
	shift
	output=$(go test -run "$pattern" "$@" ./internal/heapprofile 2>&1) || fail "$output"
	printf '%s\n' "$output"
	[[ $output != *"no tests to run"* ]] || fail "no test in internal/heapprofile matches $pattern: name the tests that read tags back"
}

# browser installs Chromium where it can; without it the tests of the debug page skip.
browser() {
	step "a browser, for the tests of the debug page"
	if command -v chromium || command -v chromium-browser || command -v google-chrome; then
		return
	fi
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "No Chromium here, and apt-get cannot install it: the tests in a browser will skip."
		return
	fi
	{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null ||
		echo "Chromium could not be installed: the tests in a browser will skip."
}

# real_backends builds collector, Jaeger and the others once, which takes minutes,
# and keeps them in the user's cache folder.
real_backends() {
	step "real backends"
	(cd "$e2e" && go test -timeout 60m -v ./... | grep -v '^=== \|^    --- PASS')
}
